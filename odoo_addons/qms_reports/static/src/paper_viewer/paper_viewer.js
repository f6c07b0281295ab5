import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { Component } from "@odoo/owl";

/**
 * Shows the issued paper itself: the file that is kept, made at the first look.
 */
export class PaperViewer extends Component {
    static template = "qms_reports.PaperViewer";
    static props = { ...standardWidgetProps };

    get url() {
        return `/qms/papers/${this.props.record.resId}.pdf`;
    }
}

registry.category("view_widgets").add("qms_paper_viewer", { component: PaperViewer });
