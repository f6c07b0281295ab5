import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const HEIGHT = 120;
const COLOURS = { better: "#28a745", worse: "#dc3545", unclear: "#6c757d", few: "#6c757d" };

/**
 * A figure before and after with its intervals: two points with whiskers. Read only.
 *
 * Takes a Json field: {kind, sides: [{label, value, low, high, text}, …], shown}.
 */
export class BeforeAfterField extends Component {
    static template = "qms_public_admin.BeforeAfterField";
    static props = { ...standardFieldProps };

    get value() {
        return this.props.record.data[this.props.name] || null;
    }

    get colour() {
        return COLOURS[this.value.shown] || COLOURS.unclear;
    }

    get points() {
        const { sides } = this.value;
        const low = Math.min(...sides.map((side) => side.low));
        const high = Math.max(...sides.map((side) => side.high));
        const span = high - low || 1;
        const place = (number) => 12 + (1 - (number - low) / span) * (HEIGHT - 24);
        return sides.map((side, index) => ({
            ...side,
            x: 70 + index * 140,
            y: place(side.value),
            top: place(side.high),
            bottom: place(side.low),
        }));
    }

    get summary() {
        return this.value.sides.map((side) => `${side.label}: ${side.text}`).join(", ");
    }
}

export const beforeAfterField = {
    component: BeforeAfterField,
    displayName: _t("Before and after"),
    supportedTypes: ["json"],
};

registry.category("fields").add("qms_before_after", beforeAfterField);
