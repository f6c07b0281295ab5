import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formView } from "@web/views/form/form_view";

/**
 * The quick receipt. A form of Odoo saves by itself when it is left, hidden or closed;
 * a half-filled receipt would then wait among the dossiers as a submitted one. A new
 * receipt is entered by its buttons alone, and what was typed is given up only by who
 * says so. A dossier that exists is saved as anywhere else.
 */
export class ReceiptFormController extends formView.Controller {
    async isUnfinished() {
        return this.model.root.isNew && (await this.model.root.isDirty());
    }

    async beforeLeave(options = {}) {
        if (options.forceLeave || !(await this.isUnfinished())) {
            return super.beforeLeave(options);
        }
        return new Promise((resolve) => {
            this.dialogService.add(
                ConfirmationDialog,
                {
                    title: _t("Leave this receipt?"),
                    body: _t("The dossier was not received. What was entered is not kept."),
                    confirmLabel: _t("Leave"),
                    confirm: () => resolve(true),
                    cancelLabel: _t("Stay here"),
                    cancel: () => resolve(false),
                    dismiss: () => resolve(false),
                },
                { onClose: () => resolve(false) }
            );
        });
    }

    async beforeVisibilityChange() {
        // Looking something up in another tab receives nothing.
        return this.model.root.isNew ? undefined : super.beforeVisibilityChange();
    }

    async beforeUnload(ev) {
        if (!this.model.root.isNew) {
            return super.beforeUnload(ev);
        }
        if (this.model.root.dirty) {
            ev.preventDefault();
            ev.returnValue = "Unsaved changes";
        }
    }
}

registry.category("views").add("qms_receipt_form", {
    ...formView,
    Controller: ReceiptFormController,
});
