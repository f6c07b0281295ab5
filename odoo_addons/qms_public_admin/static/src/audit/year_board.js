import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const { DateTime } = luxon;
const DAY = 24 * 3600 * 1000;

/** Narrower than this, in per cent of the year, a bar has its label beside it. */
const NARROW = 8;
/** From here on the label stands before the bar. */
const LATE = 80;
/** What a letter of a label takes, in per cent of the year. */
const LETTER = 0.65;

/**
 * Where a bar and the label beside it lie, in per cent of the year.
 *
 * @param {{ left: number, right: number, label?: string }} bar
 */
export function barReach({ left, right, label = "" }) {
    const beside = right - left < NARROW ? Math.min(label.length, 45) * LETTER : 0;
    return left > LATE ? { start: left - beside, end: right } : { start: left, end: right + beside };
}

/**
 * Place bars that overlap below each other, their labels too.
 *
 * @param {{ left: number, right: number, label?: string }[]} bars in per cent of the year
 * @returns {number} how many lanes are needed; each bar gets its `lane`
 */
export function placeBars(bars) {
    const ends = [];
    const reaches = bars.map((bar) => ({ bar, ...barReach(bar) }));
    for (const { bar, start, end } of reaches.sort((one, other) => one.start - other.start)) {
        let lane = ends.findIndex((last) => last <= start);
        if (lane < 0) {
            lane = ends.length;
        }
        ends[lane] = end;
        bar.lane = lane;
    }
    return Math.max(ends.length, 1);
}

/**
 * Where a bar lies in the year, in per cent; never too narrow to be clicked.
 */
export function barSpan(year, from, to, least = 1.2) {
    const start = DateTime.utc(year);
    const days = DateTime.utc(year + 1).diff(start, "days").days;
    const day = (text) => (DateTime.fromISO(text, { zone: "utc" }).toMillis() - start) / DAY;
    const first = Math.min(Math.max(day(from), 0), days - 1);
    const last = Math.min(Math.max(day(to) + 1, first + 1), days);
    const width = Math.max((100 * (last - first)) / days, least);
    const left = Math.min((100 * first) / days, 100 - width);
    return { left, right: left + width };
}

/**
 * A year on one page: a row for each thing, twelve months, bars that open records.
 *
 * The rows come from `_qms_year_board(year)` of the model named in the action
 * (`params.source`), for the agencies chosen in the company switcher.
 */
export class QmsYearBoard extends Component {
    static template = "qms_public_admin.YearBoard";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.ui = useService("ui");
        const wanted = this.props.state?.year || this.props.action.context?.qms_year;
        this.state = useState({
            year: wanted || DateTime.local().year,
            rows: [],
            legend: [],
            hidden: {},
            help: "",
            note: "",
        });
        onWillStart(() => this.load(this.state.year));
    }

    get display() {
        return { controlPanel: {} };
    }

    get months() {
        return Array.from({ length: 12 }, (_, index) => ({
            label: DateTime.local(this.state.year, index + 1).toFormat("LLL"),
            number: index + 1,
            left: barSpan(this.state.year, this.isoOf(index + 1), this.isoOf(index + 1), 0).left,
        }));
    }

    get today() {
        const today = DateTime.local();
        if (today.year !== this.state.year) {
            return null;
        }
        return barSpan(this.state.year, today.toISODate(), today.toISODate(), 0).left;
    }

    get rows() {
        return this.state.rows.map((row) => {
            const bars = row.bars
                .filter((bar) => !this.state.hidden[bar.state])
                .map((bar) => ({ ...bar, ...barSpan(this.state.year, bar.from, bar.to) }));
            return { ...row, bars, lanes: placeBars(bars) };
        });
    }

    get legend() {
        const bars = this.state.rows.flatMap((row) => row.bars);
        return this.state.legend.map((one) => ({
            ...one,
            count: new Set(
                bars.filter((bar) => bar.state === one.state).map((bar) => `${bar.model},${bar.id}`)
            ).size,
        }));
    }

    isoOf(month) {
        return DateTime.utc(this.state.year, month).toISODate();
    }

    async load(year) {
        const board = await this.orm.call("qms.year.board", "get_board", [
            this.props.action.params.source,
            year,
        ]);
        let group = null;
        for (const row of board.rows) {
            row.heading = row.group && row.group !== group ? row.group : "";
            group = row.group;
        }
        Object.assign(this.state, {
            year,
            rows: board.rows,
            legend: board.legend,
            note: board.note || "",
            help: board.help || _t("Nothing is planned in this year."),
        });
        this.props.updateActionState?.({ year });
    }

    isNarrow(bar) {
        return bar.right - bar.left < NARROW;
    }

    isLate(bar) {
        return bar.left > LATE;
    }

    toggle(state) {
        this.state.hidden[state] = !this.state.hidden[state];
    }

    barTitle(bar) {
        const text = (day) => DateTime.fromISO(day).toFormat("dd/MM/yyyy");
        const days = bar.from === bar.to ? text(bar.from) : `${text(bar.from)} – ${text(bar.to)}`;
        const state = this.state.legend.find((one) => one.state === bar.state);
        return [bar.label, days, state?.label].filter(Boolean).join("\n");
    }

    barStyle(bar, lanes) {
        const height = 100 / lanes;
        return (
            `left: ${bar.left}%; width: ${bar.right - bar.left}%;` +
            `top: ${bar.lane * height}%; height: ${height}%;`
        );
    }

    open(bar) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: bar.model,
            res_id: bar.id,
            views: [[false, "form"]],
        });
    }
}

registry.category("actions").add("qms_year_board", QmsYearBoard);
