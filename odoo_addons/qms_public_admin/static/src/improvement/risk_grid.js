import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * A risk matrix: likelihood upwards, impact to the right, each cell in the colour of its
 * level. With counts it is a heat map, and with `onOpen` its cells open the records.
 */
export class RiskGrid extends Component {
    static template = "qms_public_admin.RiskGrid";
    static props = {
        grid: Object,
        onOpen: { type: Function, optional: true },
        isChoice: { type: Boolean, optional: true },
    };

    cellText(cell) {
        if (this.props.isChoice) {
            return cell.count ? "✓" : "";
        }
        return cell.count ? String(cell.count) : "";
    }

    open(cell) {
        if (cell.count && this.props.onOpen) {
            this.props.onOpen(cell);
        }
    }
}

export class RiskGridField extends Component {
    static template = "qms_public_admin.RiskGridField";
    static components = { RiskGrid };
    static props = { ...standardFieldProps };

    get grid() {
        return this.props.record.data[this.props.name];
    }
}

registry.category("fields").add("qms_risk_grid", {
    component: RiskGridField,
    supportedTypes: ["json"],
});
