import { Component, useRef } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const QUANTITIES = ["original_qty", "certified_qty", "copy_qty"];

/**
 * The papers of a dossier as a list of ticks, made for the keyboard: Tab or the
 * arrows go from paper to paper, Space ticks, the right arrow goes to the numbers.
 */
export class PaperTicks extends Component {
    static template = "qms_public_admin.PaperTicks";
    static props = { ...standardFieldProps };

    setup() {
        this.root = useRef("root");
        this.quantities = QUANTITIES;
    }

    get papers() {
        return this.props.record.data[this.props.name].records;
    }

    get isComplete() {
        return this.papers.every((paper) => paper.data.is_received || paper.data.from_database);
    }

    tickAll(ev) {
        return this.props.record.update({ all_papers_received: ev.target.checked });
    }

    tick(paper, ev) {
        return paper.update({ is_received: ev.target.checked });
    }

    count(paper, name, ev) {
        return paper.update({ [name]: Math.max(0, parseInt(ev.target.value, 10) || 0) });
    }

    onKeydown(ev) {
        const move = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] };
        const place = ev.target.dataset.place;
        if (!place || !(ev.key in move)) {
            return;
        }
        const [row, column] = place.split(",").map(Number);
        const [down, right] = move[ev.key];
        const next = `[data-place="${row + down},${column + right}"]`;
        const input = this.root.el.querySelector(next);
        if (input) {
            ev.preventDefault();
            input.focus();
        }
    }
}

registry.category("fields").add("qms_paper_ticks", {
    component: PaperTicks,
    supportedTypes: ["one2many"],
    useSubView: true,
    fieldDependencies: [{ name: "all_papers_received", type: "boolean" }],
});
