import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { IntegerField, integerField } from "@web/views/fields/integer/integer_field";

/**
 * A count that opens the records it counts: the server names them through
 * `action_open_figure(field name)` of the record.
 */
export class QmsFigureField extends IntegerField {
    static template = "qms_reports.FigureField";

    setup() {
        super.setup();
        this.action = useService("action");
        this.orm = useService("orm");
    }

    async open() {
        const { resModel, resId } = this.props.record;
        const action = await this.orm.call(resModel, "action_open_figure", [
            [resId],
            this.props.name,
        ]);
        return this.action.doAction(action);
    }
}

registry.category("fields").add("qms_figure", {
    ...integerField,
    component: QmsFigureField,
    displayName: _t("Figure that opens its records"),
});
