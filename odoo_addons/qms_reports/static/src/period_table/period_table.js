import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * The table of a period report: headings over columns, and counts that open the
 * dossiers they count. The server says what stands in it (`table` of the report).
 */
export class QmsPeriodTable extends Component {
    static template = "qms_reports.PeriodTable";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
    }

    get table() {
        return this.props.record.data[this.props.name];
    }

    get subColumns() {
        return this.table.groups
            .filter((group) => group.columns.length > 1)
            .flatMap((group) => group.columns);
    }

    async open(row, figure) {
        const action = await this.orm.call(this.table.model, "action_open_figure", [
            [row.id],
            figure,
        ]);
        return this.action.doAction(action);
    }
}

registry.category("fields").add("qms_period_table", {
    component: QmsPeriodTable,
    displayName: _t("Table of a period report"),
    supportedTypes: ["json"],
});
