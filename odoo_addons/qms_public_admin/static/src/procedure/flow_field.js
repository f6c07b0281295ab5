import { Component } from "@odoo/owl";
import { formatFloat } from "@web/core/utils/numbers";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const HOURS_PER_DAY = 8;

const STATE_ICONS = {
    done: "fa-check",
    current: "fa-play",
    late: "fa-exclamation-triangle",
    sent_back: "fa-undo",
    waiting: "fa-clock-o",
};

/**
 * The flow of a procedure or a dossier as a line of boxes, one a step, with unit,
 * position and hours; on a dossier also what is done, current and late. Read only.
 *
 * Takes a Json field: a list of {id, name, position, department, hours, kind, state,
 * done_by, done_at, due_at}, optionally {label, group, time_state}. A new group (case
 * or stage) starts a new line with a title.
 */
export class FlowField extends Component {
    static template = "qms_public_admin.FlowField";
    static props = { ...standardFieldProps };

    get steps() {
        const value = this.props.record.data[this.props.name];
        return Array.isArray(value) ? value : [];
    }

    get groups() {
        const groups = [];
        this.steps.forEach((step, index) => {
            const title = step.group || "";
            if (!groups.length || groups.at(-1).title !== title) {
                groups.push({ title, boxes: [] });
            }
            groups.at(-1).boxes.push(this.box(step, index, groups.at(-1).boxes.length));
        });
        return groups;
    }

    /** A single group needs no title: it would repeat what the form says. */
    get hasTitles() {
        return this.groups.length > 1;
    }

    box(step, index, place) {
        const state = step.state || "planned";
        return {
            key: `${step.id || "new"}-${index}`,
            state,
            number: step.label || String(place + 1),
            name: step.name || "",
            unit: step.department || "",
            position: step.position || "",
            time: this.time(step),
            icon: STATE_ICONS[state] || "",
            status: this.status(state),
            kind: this.kind(step.kind),
            stamps: this.stamps(step),
            isCurrent: ["current", "late"].includes(state),
        };
    }

    time(step) {
        if (step.time_state === "missing") {
            return _t("no time given");
        }
        if (!step.hours) {
            return step.time_state === "not_counted" ? _t("not counted") : "";
        }
        const number = (value) => formatFloat(value, { digits: [16, 2], trailingZeros: false });
        if (step.hours < HOURS_PER_DAY) {
            return _t("%s h", number(step.hours));
        }
        return _t("%(hours)s h (%(days)s d)", {
            hours: number(step.hours),
            days: number(step.hours / HOURS_PER_DAY),
        });
    }

    status(state) {
        const labels = {
            planned: "",
            waiting: _t("Waiting"),
            done: _t("Done"),
            current: _t("In progress"),
            late: _t("Late"),
            sent_back: _t("Sent back"),
        };
        return labels[state] || "";
    }

    kind(kind) {
        const labels = {
            receive: _t("Receive"),
            process: _t("Process"),
            approve: _t("Approve"),
            issue: _t("Issue"),
            return: _t("Return the result"),
        };
        return labels[kind] || "";
    }

    /** Lines about time: when and by whom it was done, else until when it is due. */
    stamps(step) {
        if (step.done_at) {
            return [step.done_by, step.done_at].filter(Boolean);
        }
        return step.due_at ? [_t("Due %s", step.due_at)] : [];
    }
}

export const flowField = {
    component: FlowField,
    displayName: _t("Flow of steps"),
    supportedTypes: ["json"],
};

registry.category("fields").add("qms_flow", flowField);
