import { Component } from "@odoo/owl";
import { AutoComplete } from "@web/core/autocomplete/autocomplete";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * The name of the applicant. While it is typed, known applicants are offered: Enter
 * takes the one marked over with all that is known, Tab keeps what was typed as a
 * new applicant.
 */
export class ApplicantField extends Component {
    static template = "qms_public_admin.ApplicantField";
    static components = { AutoComplete };
    static props = {
        ...standardFieldProps,
        placeholder: { type: String, optional: true },
    };

    setup() {
        this.orm = useService("orm");
        this.isTaking = false;
        // Not a getter: a template calls those on an object of its own.
        this.sources = [
            {
                options: (term) => this.search(term),
                optionSlot: "applicant",
                placeholder: _t("Searching…"),
            },
        ];
    }

    get value() {
        return this.props.record.data[this.props.name] || "";
    }

    async search(term) {
        if (!term) {
            return [];
        }
        const found = await this.orm.silent.call("qms.dossier", "search_applicants", [term]);
        return found.map((applicant) => ({
            label: applicant.name,
            data: applicant,
            onSelect: () => this.take(applicant),
        }));
    }

    async take(applicant) {
        // Leaving the input meanwhile must not bring the typed beginning back.
        this.isTaking = true;
        try {
            await this.props.record.update({
                [this.props.name]: applicant.name,
                applicant_ref: applicant.ref,
            });
        } finally {
            this.isTaking = false;
        }
    }

    onChange({ inputValue }) {
        const name = inputValue.trim();
        if (!this.isTaking && name !== this.value) {
            this.props.record.update({ [this.props.name]: name || false });
        }
    }
}

registry.category("fields").add("qms_applicant", {
    component: ApplicantField,
    supportedTypes: ["char"],
    fieldDependencies: [{ name: "applicant_ref", type: "char" }],
    extractProps: ({ placeholder }) => ({ placeholder }),
});
