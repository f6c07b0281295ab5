import { Component, onWillStart, onWillUnmount, useExternalListener, useRef, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError, RPCError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { SelectCreateDialog } from "@web/views/view_dialogs/select_create_dialog";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { fileToSend } from "./files";

const LINE = "mgmtsystem.verification.line";
const TYPING_PAUSE = 700;
const RETRY_AFTER = 5000;
const FINDINGS = ["opportunity", "observation", "minor", "major"];
const ICONS = {
    conforming: "fa-check",
    opportunity: "fa-lightbulb-o",
    observation: "fa-eye",
    minor: "fa-exclamation",
    major: "fa-exclamation-triangle",
    not_applicable: "fa-minus",
};
const SOURCE_ICONS = {
    interview: "fa-comments-o",
    document: "fa-file-text-o",
    record: "fa-archive",
    dossier: "fa-folder-open-o",
    figures: "fa-bar-chart",
    observation: "fa-eye",
};

/**
 * The questions of an audit on a tablet: one at a time with large buttons, or a compact list.
 *
 * Whatever is touched or typed is kept at once: first in the browser, then on the server. While
 * there is no connection it stays in the browser and is sent as soon as there is one again; what
 * the server refuses stays on the screen with its words.
 */
export class AuditChecklist extends Component {
    static template = "qms_public_admin.AuditChecklist";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.top = useRef("top");
        const { params, context } = this.props.action;
        this.auditId = params?.audit_id || context?.active_id;
        this.storageKey = `qms_audit_answers_${this.auditId}`;
        this.icons = ICONS;
        this.sourceIcons = SOURCE_ICONS;
        this.state = useState({
            audit: {},
            lines: [],
            samples: [],
            answers: [],
            sources: {},
            evidenceModels: [],
            filter: "all",
            purpose: "",
            current: 0,
            isList: false,
            isOffline: false,
            isSending: false,
            showSamples: true,
        });
        // What the server has not got yet: {line id: {field: value}}.
        this.pending = this.readKept();
        onWillStart(() => this.load());
        useExternalListener(window, "online", () => this.send());
        useExternalListener(window, "beforeunload", (ev) => {
            if (this.hasPending) {
                ev.preventDefault();
            }
        });
        onWillUnmount(() => {
            browser.clearTimeout(this.timer);
            this.send();
        });
    }

    // === DATA === //

    async load() {
        const board = await this.orm.call("mgmtsystem.audit", "qms_checklist_board", [
            [this.auditId],
        ]);
        Object.assign(this.state, {
            audit: board.audit,
            lines: board.lines.map((row) => this.withKept({ ...row, uploads: [], error: "" })),
            samples: board.samples,
            answers: board.answers,
            sources: Object.fromEntries(board.sources),
            evidenceModels: board.evidence_models,
        });
        const first = board.lines.find((row) => !row.complete) || board.lines[0];
        this.state.current = first ? first.id : 0;
        if (this.hasPending) {
            this.send();
        }
    }

    withKept(line) {
        const kept = this.pending[line.id];
        if (kept) {
            line.answer = kept.qms_answer ?? line.answer;
            line.note = kept.comments ?? line.note;
            line.confidential = kept.qms_is_confidential ?? line.confidential;
        }
        return line;
    }

    get hasPending() {
        const isWaiting = this.state.lines.some((line) => line.uploads.length);
        return isWaiting || Object.keys(this.pending).length > 0;
    }

    get shown() {
        const { filter, purpose, lines, current } = this.state;
        return lines.filter((line) => {
            if (purpose && line.purpose !== purpose) {
                return false;
            }
            if (filter === "left") {
                return !this.isComplete(line) || line.id === current;
            }
            return filter !== "findings" || FINDINGS.includes(line.answer);
        });
    }

    get line() {
        const shown = this.shown;
        return shown.find((line) => line.id === this.state.current) || shown[0];
    }

    get place() {
        return this.shown.indexOf(this.line);
    }

    get done() {
        return this.state.lines.filter((line) => this.isComplete(line)).length;
    }

    get percent() {
        const { lines } = this.state;
        return lines.length ? Math.round((100 * this.done) / lines.length) : 0;
    }

    get sections() {
        const sections = [];
        for (const line of this.shown) {
            const last = sections[sections.length - 1];
            if (last && last.name === line.section) {
                last.lines.push(line);
            } else {
                sections.push({ name: line.section, lines: [line] });
            }
        }
        return sections;
    }

    get hasPurposes() {
        return (this.state.audit.purposes || []).length > 1;
    }

    isComplete(line) {
        return line.answer === "conforming" || Boolean(line.answer && line.note.trim());
    }

    needsNote(line) {
        return Boolean(line.answer) && !this.isComplete(line);
    }

    label(answer) {
        const found = this.state.answers.find(([key]) => key === answer);
        return found ? found[1] : "";
    }

    isCited(line, sample) {
        return line.evidence.some(
            (one) => one.model === "qms.dossier" && one.res_id === sample.dossier_id
        );
    }

    // === MOVING === //

    go(step) {
        const shown = this.shown;
        const next = shown[Math.min(Math.max(this.place + step, 0), shown.length - 1)];
        if (next) {
            this.open(next);
        }
    }

    open(line) {
        this.send();
        this.state.current = line.id;
        this.state.isList = false;
        this.top.el?.scrollTo({ top: 0 });
    }

    setFilter(filter) {
        this.state.filter = filter;
    }

    setPurpose(purpose) {
        this.state.purpose = purpose;
    }

    // === ANSWERING === //

    choose(line, answer) {
        if (!this.state.audit.can_answer) {
            return;
        }
        line.answer = line.answer === answer ? "" : answer;
        this.keep(line, { qms_answer: line.answer || false });
        this.send();
    }

    type(line, ev) {
        line.note = ev.target.value;
        this.keep(line, { comments: line.note });
        browser.clearTimeout(this.timer);
        this.timer = browser.setTimeout(() => this.send(), TYPING_PAUSE);
    }

    setConfidential(line, ev) {
        line.confidential = ev.target.checked;
        this.keep(line, { qms_is_confidential: line.confidential });
        this.send();
    }

    keep(line, vals) {
        line.error = "";
        this.pending[line.id] = { ...this.pending[line.id], ...vals };
        this.writeKept();
    }

    /** Send what is kept, one question after the other; a second call waits its turn. */
    async send() {
        if (this.state.isSending) {
            this.again = true;
            return;
        }
        this.state.isSending = true;
        browser.clearTimeout(this.retry);
        try {
            for (const line of this.state.lines) {
                if (this.pending[line.id] && !line.conflict) {
                    await this.sendAnswer(line);
                }
                for (const upload of [...line.uploads]) {
                    await this.sendFile(line, upload);
                }
            }
            this.state.isOffline = false;
        } catch (error) {
            if (!(error instanceof ConnectionLostError)) {
                throw error;
            }
            this.state.isOffline = true;
            this.retry = browser.setTimeout(() => this.send(), RETRY_AFTER);
        } finally {
            this.state.isSending = false;
        }
        if (this.again && !this.state.isOffline) {
            this.again = false;
            await this.send();
        }
    }

    async sendAnswer(line) {
        const vals = this.pending[line.id];
        const row = await this.call(line, "qms_save_answer", [vals, line.version]);
        if (!row) {
            return;
        }
        if (row.conflict) {
            line.conflict = row.conflict;
            return;
        }
        const isSame = this.pending[line.id] === vals;
        if (isSame) {
            delete this.pending[line.id];
            this.writeKept();
        }
        this.take(line, row);
    }

    async sendFile(line, upload) {
        const row = await this.call(line, "qms_add_file", [upload.name, upload.data]);
        line.uploads = line.uploads.filter((one) => one !== upload);
        if (row) {
            this.take(line, row);
        }
    }

    /** Call a method of a question; what the server refuses is shown beside it. */
    async call(line, method, args) {
        try {
            return await this.orm.silent.call(LINE, method, [[line.id], ...args]);
        } catch (error) {
            if (error instanceof RPCError) {
                line.error = error.data?.message || error.message;
                return null;
            }
            throw error;
        }
    }

    /** Take over what the server has; what was typed meanwhile stays. */
    take(line, row) {
        const { uploads, error } = line;
        Object.assign(line, row, { uploads, error });
        this.withKept(line);
    }

    keepMine(line) {
        line.version = line.conflict.version;
        line.conflict = null;
        this.send();
    }

    takeTheirs(line) {
        const row = line.conflict;
        line.conflict = null;
        delete this.pending[line.id];
        this.writeKept();
        this.take(line, row);
    }

    tryAgain(line) {
        line.error = "";
        this.send();
    }

    // === FILES AND EVIDENCE === //

    async addFiles(line, ev) {
        const files = [...ev.target.files];
        ev.target.value = "";
        for (const file of files) {
            try {
                line.uploads.push(await fileToSend(file));
            } catch {
                this.notification.add(_t("“%s” cannot be read.", file.name), { type: "danger" });
            }
        }
        line.error = "";
        await this.send();
    }

    async removeFile(line, file) {
        await this.act(line, "qms_remove_file", [file.id]);
    }

    async removeEvidence(line, evidence) {
        await this.act(line, "qms_remove_evidence", [evidence.id]);
    }

    async cite(line, sample) {
        const found = line.evidence.find(
            (one) => one.model === "qms.dossier" && one.res_id === sample.dossier_id
        );
        if (found) {
            await this.removeEvidence(line, found);
        } else {
            await this.act(line, "qms_add_evidence", ["qms.dossier", sample.dossier_id]);
        }
    }

    async act(line, method, args) {
        line.error = "";
        try {
            const row = await this.call(line, method, args);
            if (row) {
                this.take(line, row);
            }
        } catch (error) {
            if (!(error instanceof ConnectionLostError)) {
                throw error;
            }
            this.state.isOffline = true;
            this.notification.add(_t("No connection: try again when there is one."), {
                type: "warning",
            });
        }
    }

    addEvidence(line, ev) {
        const model = ev.target.value;
        ev.target.value = "";
        const found = this.state.evidenceModels.find(([name]) => name === model);
        if (!found) {
            return;
        }
        this.dialog.add(SelectCreateDialog, {
            title: found[1],
            resModel: model,
            noCreate: true,
            multiSelect: false,
            onSelected: ([id]) => this.act(line, "qms_add_evidence", [model, id]),
        });
    }

    openEvidence(evidence) {
        return this.openBy("qms.audit.evidence", "action_open", evidence.id);
    }

    openDossier(sample) {
        return this.openBy("qms.audit.sample.line", "action_open_dossier", sample.id);
    }

    async openBy(model, method, id) {
        this.action.doAction(await this.orm.call(model, method, [[id]]));
    }

    openAudit() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "mgmtsystem.audit",
            res_id: this.auditId,
            views: [[false, "form"]],
        });
    }

    // === KEPT IN THE BROWSER === //

    readKept() {
        try {
            return JSON.parse(browser.localStorage.getItem(this.storageKey)) || {};
        } catch {
            return {};
        }
    }

    writeKept() {
        if (Object.keys(this.pending).length) {
            browser.localStorage.setItem(this.storageKey, JSON.stringify(this.pending));
        } else {
            browser.localStorage.removeItem(this.storageKey);
        }
    }
}

registry.category("actions").add("qms_audit_checklist", AuditChecklist);
