import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const SPAN = 190;
const REACH = 105;
const LINE = 16;
const SHOWN = 4;
const LETTERS = 26;

/** Cut a text to what has room beside a bone. */
function short(text) {
    return text.length > LETTERS ? `${text.slice(0, LETTERS - 1)}…` : text;
}

/**
 * The causes of a nonconformity as a fishbone: one bone a category, alternately above and
 * below the spine, root causes in bold. Drawn from the rows as they are being edited.
 */
export class Fishbone extends Component {
    static template = "qms_public_admin.Fishbone";
    static props = { ...standardWidgetProps };

    get rows() {
        const list = this.props.record.data.qms_branch_ids;
        return list ? list.records.map((record) => record.data) : [];
    }

    get bones() {
        const groups = new Map();
        for (const row of this.rows) {
            if (row.category_id) {
                const name = row.category_id.display_name;
                groups.set(name, [...(groups.get(name) || []), row]);
            }
        }
        return [...groups].map(([name, rows], index) => this.bone(name, rows, index));
    }

    bone(name, rows, index) {
        const isAbove = index % 2 === 0;
        const joint = 60 + SPAN * (Math.floor(index / 2) + 1);
        const side = isAbove ? -1 : 1;
        const tip = { x: joint - 70, y: this.middle + side * REACH };
        const causes = rows.slice(0, SHOWN).map((row, place) => {
            const text = row.note || (row.cause_id && row.cause_id.display_name) || "";
            const part = (place + 1) / (SHOWN + 1);
            return {
                key: place,
                text: short(text),
                title: text,
                isRoot: row.is_root,
                x: tip.x + (joint - tip.x) * part - 6,
                y: tip.y + (this.middle - tip.y) * part + 4,
            };
        });
        return {
            key: name,
            name: short(name),
            title: name,
            joint,
            tip,
            labelY: tip.y + side * LINE - (isAbove ? -6 : 0),
            causes: causes.filter((cause) => cause.text),
        };
    }

    get middle() {
        return REACH + 2 * LINE;
    }

    get height() {
        return 2 * this.middle;
    }

    get width() {
        return 60 + SPAN * Math.ceil(this.bones.length / 2) + 220;
    }

    get head() {
        return this.width - 190;
    }

    get effect() {
        return short(this.props.record.data.name || "");
    }
}

registry.category("view_widgets").add("qms_fishbone", {
    component: Fishbone,
    fieldDependencies: [{ name: "qms_branch_ids", type: "one2many" }],
});
