import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const MODEL = "qms.competence";

/** Persons × competences: what positions call for, what people master, and the gaps. */
export class CompetenceMatrix extends Component {
    static template = "qms_public_admin.CompetenceMatrix";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.state = useState({ data: null, onlyGaps: false });
        onWillStart(() => this.load(false));
    }

    get display() {
        return { controlPanel: {} };
    }

    get rows() {
        const { rows } = this.state.data;
        return this.state.onlyGaps
            ? rows.filter((row) => row.cells.some((cell) => cell.state === "gap"))
            : rows;
    }

    async load(departmentId) {
        this.state.data = await this.orm.call(MODEL, "qms_matrix", [departmentId]);
    }

    text(cell) {
        if (cell.state === "none") {
            return "";
        }
        return cell.required ? `${cell.level}/${cell.required}` : String(cell.level);
    }

    hint(cell) {
        const names = Object.fromEntries(
            this.state.data.levels.map((level) => [level.value, level.name])
        );
        const has = names[cell.level] || _t("not shown yet");
        return cell.required
            ? _t("Called for: %(wanted)s. Mastered: %(level)s.", {
                  wanted: names[cell.required],
                  level: has,
              })
            : _t("Mastered: %s.", has);
    }

    openPerson(row) {
        this.openAssessments([["user_id", "=", row.id]], row.name);
    }

    openCell(row, cell) {
        this.openAssessments(
            [
                ["user_id", "=", row.id],
                ["competence_id", "=", cell.competence_id],
            ],
            row.name,
            { default_user_ids: [row.id], default_competence_id: cell.competence_id }
        );
    }

    openAssessments(domain, name, context = {}) {
        this.action.doAction({
            type: "ir.actions.act_window",
            name,
            res_model: "qms.competence.assessment",
            views: [[false, "list"]],
            domain,
            context,
        });
    }

    async planGaps() {
        const action = await this.orm.call(MODEL, "qms_plan_gaps", [this.state.data.department_id]);
        if (action) {
            this.action.doAction(action);
        } else {
            this.notification.add(_t("Nobody lacks what the position calls for."), {
                type: "success",
            });
        }
    }
}

registry.category("actions").add("qms_competence_matrix", CompetenceMatrix);
