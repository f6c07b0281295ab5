import { Component, onWillStart, useEffect, useRef } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { cookie } from "@web/core/browser/cookie";
import { getCustomColor, hexToRGBA } from "@web/core/colors/colors";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatFloat } from "@web/core/utils/numbers";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * The figures of an indicator over time with their intervals, the target as a dashed line,
 * the baseline and the trend; figures that are not fixed yet as hollow points. Read only.
 *
 * Takes a Json field: {kind, unit, labels, values, low, high, texts, provisional, target,
 * baseline, trend}. With the option `small` it is a bare line for cards.
 */
export class MeasureChartField extends Component {
    static template = "qms_public_admin.MeasureChartField";
    static props = {
        ...standardFieldProps,
        small: { type: Boolean, optional: true },
    };

    setup() {
        this.canvasRef = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            (canvas) => {
                if (!canvas) {
                    return;
                }
                const chart = new Chart(canvas, this.config);
                return () => chart.destroy();
            },
            () => [this.canvasRef.el, JSON.stringify(this.value)]
        );
    }

    get value() {
        return this.props.record.data[this.props.name] || { labels: [], values: [] };
    }

    get isEmpty() {
        return !this.value.values.some((value) => value !== null);
    }

    /** The figures in words, for who does not see the chart. */
    get summary() {
        const { labels, texts } = this.value;
        return labels.map((label, index) => `${label}: ${texts[index]}`).join("; ");
    }

    get scheme() {
        return cookie.get("color_scheme");
    }

    format(number) {
        const { kind, unit } = this.value;
        const shown = kind === "share" ? number * 100 : number;
        const text = formatFloat(shown, { digits: [16, 1], trailingZeros: false });
        if (kind === "share") {
            return `${text}%`;
        }
        return kind === "mean" && unit ? `${text} ${unit}` : text;
    }

    get datasets() {
        const { values, low, high, target, baseline, trend, provisional } = this.value;
        const colour = getCustomColor(this.scheme, "#3b6fb6", "#7aa7e8");
        const band = { borderWidth: 0, pointRadius: 0, pointHitRadius: 0, spanGaps: false };
        const line = { pointRadius: 0, pointHitRadius: 0, borderWidth: 1.5, fill: false };
        const all = (value) => values.map(() => value);
        const datasets = [
            {
                label: _t("Figure"),
                data: values,
                borderColor: colour,
                backgroundColor: values.map((_value, index) =>
                    provisional[index] ? getCustomColor(this.scheme, "#fff", "#262a36") : colour
                ),
                pointBorderColor: colour,
                pointRadius: this.props.small ? 2 : 4,
                borderWidth: 2,
                spanGaps: true,
            },
        ];
        if (target !== null) {
            datasets.push({
                ...line,
                label: _t("Target"),
                data: all(target),
                borderColor: "#28a745",
                borderDash: [6, 4],
            });
        }
        if (!this.props.small) {
            if (baseline !== null) {
                datasets.push({
                    ...line,
                    label: _t("Baseline"),
                    data: all(baseline),
                    borderColor: getCustomColor(this.scheme, "#8f8f8f", "#9a9a9a"),
                    borderDash: [2, 3],
                });
            }
            if (trend) {
                datasets.push({
                    ...line,
                    label: _t("Trend"),
                    data: trend,
                    borderColor: "#e6a23c",
                });
            }
            datasets.push(
                { ...band, label: "low", data: low, fill: false },
                {
                    ...band,
                    label: _t("95 % interval"),
                    data: high,
                    fill: "-1",
                    backgroundColor: hexToRGBA(colour, 0.15),
                }
            );
        }
        return datasets;
    }

    get config() {
        const isShare = this.value.kind === "share";
        const text = getCustomColor(this.scheme, "#374151", "#e4e4e4");
        const grid = getCustomColor(this.scheme, "#e7e9ed", "#3c3e4b");
        return {
            type: "line",
            data: { labels: this.value.labels, datasets: this.datasets },
            options: {
                animation: false,
                maintainAspectRatio: false,
                interaction: { mode: "index", intersect: false },
                plugins: {
                    legend: {
                        display: !this.props.small,
                        position: "bottom",
                        labels: {
                            color: text,
                            boxWidth: 24,
                            boxHeight: 2,
                            filter: (item) => item.text !== "low",
                        },
                    },
                    tooltip: {
                        enabled: !this.props.small,
                        filter: (item) => item.dataset.label !== "low",
                        callbacks: { label: (item) => this.tooltip(item) },
                    },
                },
                scales: {
                    x: {
                        display: !this.props.small,
                        grid: { display: false },
                        ticks: { color: text },
                    },
                    y: {
                        display: !this.props.small,
                        grid: { color: grid },
                        max: isShare && !this.props.small ? 1 : undefined,
                        grace: isShare ? 0 : "10%",
                        beginAtZero: !isShare && !this.props.small,
                        ticks: { color: text, maxTicksLimit: 6, callback: (value) => this.format(value) },
                    },
                },
            },
        };
    }

    tooltip(item) {
        const { low, high, provisional } = this.value;
        const place = item.dataIndex;
        if (item.datasetIndex === 0) {
            const mark = provisional[place] ? ` (${_t("provisional")})` : "";
            return `${item.dataset.label}: ${this.format(item.raw)}${mark}`;
        }
        if (item.dataset.fill === "-1") {
            return `${item.dataset.label}: ${this.format(low[place])} – ${this.format(high[place])}`;
        }
        return `${item.dataset.label}: ${this.format(item.raw)}`;
    }
}

export const measureChartField = {
    component: MeasureChartField,
    displayName: _t("Chart of figures"),
    supportedTypes: ["json"],
    extractProps: ({ options }) => ({ small: Boolean(options.small) }),
};

registry.category("fields").add("qms_measure_chart", measureChartField);
