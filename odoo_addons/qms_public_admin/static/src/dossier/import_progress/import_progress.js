import { Component, onWillUnmount, useEffect } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const INTERVAL = 2000;

/**
 * Progress of a job that runs in the background, such as an import. The record is read again
 * every two seconds while it runs, so that nobody has to reload the page.
 */
export class ImportProgress extends Component {
    static template = "qms_public_admin.ImportProgress";
    static props = { ...standardFieldProps };

    setup() {
        this.timer = null;
        useEffect(
            (isRunning) => {
                if (isRunning) {
                    this.timer = browser.setInterval(() => this.reload(), INTERVAL);
                }
                return () => this.stop();
            },
            () => [this.isRunning]
        );
        onWillUnmount(() => this.stop());
    }

    get isRunning() {
        const { state, is_check_queued } = this.props.record.data;
        return state === "running" || is_check_queued;
    }

    get percent() {
        return Math.round(this.props.record.data[this.props.name] || 0);
    }

    async reload() {
        if (!(await this.props.record.isDirty())) {
            await this.props.record.load();
        }
    }

    stop() {
        browser.clearInterval(this.timer);
    }
}

registry.category("fields").add("qms_import_progress", {
    component: ImportProgress,
    supportedTypes: ["float"],
    fieldDependencies: [
        { name: "state", type: "selection" },
        { name: "is_check_queued", type: "boolean" },
    ],
});

registry.category("fields").add("qms_job_progress", {
    component: ImportProgress,
    supportedTypes: ["float"],
    fieldDependencies: [{ name: "state", type: "selection" }],
});
