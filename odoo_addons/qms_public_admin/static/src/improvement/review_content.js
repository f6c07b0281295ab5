import { Component, markup } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * What the records say on a topic of a management review: HTML made by the server, in which
 * each figure opens the records behind it. The number of the figure is sent, never a domain.
 */
export class ReviewContent extends Component {
    static template = "qms_public_admin.ReviewContent";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
    }

    get html() {
        const value = this.props.record.data[this.props.name];
        return value ? markup(value.toString()) : "";
    }

    async onClick(ev) {
        const link = ev.target.closest("[data-figure]");
        if (!link) {
            return;
        }
        ev.preventDefault();
        await this.props.record.save();
        const number = parseInt(link.dataset.figure);
        this.action.doAction(
            await this.orm.call(this.props.record.resModel, "action_open_figure", [
                [this.props.record.resId],
                number,
            ])
        );
    }
}

registry.category("fields").add("qms_review_content", {
    component: ReviewContent,
    supportedTypes: ["html"],
});
