import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component } from "@odoo/owl";

/**
 * The documented placeholders of a legal form, by group: [[title, [[name, label]]]].
 */
export class PlaceholderList extends Component {
    static template = "qms_reports.PlaceholderList";
    static props = { ...standardFieldProps };

    get groups() {
        return this.props.record.data[this.props.name] || [];
    }
}

registry.category("fields").add("qms_placeholder_list", {
    component: PlaceholderList,
    supportedTypes: ["json"],
});
