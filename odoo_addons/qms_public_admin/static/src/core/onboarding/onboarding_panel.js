import { Component, onWillStart, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { ListRenderer } from "@web/views/list/list_renderer";
import { listView } from "@web/views/list/list_view";

/**
 * The first steps of a new agency, above the list that its ISO officer opens first.
 * The server says which are done each time the list opens, and nothing once closed.
 */
export class OnboardingPanel extends Component {
    static template = "qms_public_admin.OnboardingPanel";
    static props = {};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ steps: [] });
        onWillStart(async () => {
            this.state.steps = (await this.orm.call("qms.onboarding", "get_panel", [])) || [];
        });
    }

    get doneCount() {
        return this.state.steps.filter((step) => step.is_done).length;
    }

    get next() {
        return this.state.steps.find((step) => !step.is_done);
    }

    open(step) {
        return this.action.doAction(step.action);
    }

    async close() {
        await this.orm.call("qms.onboarding", "close_panel", []);
        this.state.steps = [];
    }
}

export class OnboardingListRenderer extends ListRenderer {
    static template = "qms_public_admin.OnboardingListRenderer";
    static components = { ...ListRenderer.components, OnboardingPanel };
}

registry.category("views").add("qms_onboarding_list", {
    ...listView,
    Renderer: OnboardingListRenderer,
});
