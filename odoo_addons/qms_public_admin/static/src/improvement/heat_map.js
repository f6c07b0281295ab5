import { Component, onWillStart, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { RiskGrid } from "./risk_grid";

const MODEL = "qms.risk";

/** The heat map of risks or of opportunities: a matrix whose cells open the records. */
export class RiskHeatMap extends Component {
    static template = "qms_public_admin.RiskHeatMap";
    static components = { Layout, RiskGrid };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ data: null });
        const { kind } = this.props.action.context || {};
        onWillStart(() => this.load(this.props.state?.kind || kind || "risk", false));
    }

    get display() {
        return { controlPanel: {} };
    }

    async load(kind, matrixId) {
        this.state.data = await this.orm.call(MODEL, "qms_heat_map", [kind, matrixId]);
    }

    setKind(kind) {
        return this.load(kind, this.state.data.matrix_id);
    }

    setMatrix(ev) {
        return this.load(this.state.data.kind, parseInt(ev.target.value));
    }

    async openCell(cell) {
        const { kind, matrix_id } = this.state.data;
        const args = [kind, matrix_id, cell.likelihood, cell.impact];
        this.action.doAction(await this.orm.call(MODEL, "qms_heat_cell", args));
    }

    async openUnassessed() {
        const { kind, matrix_id } = this.state.data;
        this.action.doAction(await this.orm.call(MODEL, "qms_heat_cell", [kind, matrix_id]));
    }
}

registry.category("actions").add("qms_risk_heat_map", RiskHeatMap);
