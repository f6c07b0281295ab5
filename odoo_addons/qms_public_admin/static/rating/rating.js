/* Pages on which applicants rate. They work without this script; it spares taps. */
(function () {
    "use strict";

    /** Show a question only when the answer that leads to it is chosen. */
    function followConditions(form) {
        const refresh = () => {
            const chosen = new Set(
                [...form.querySelectorAll("fieldset:not([hidden]) input:checked")].map(
                    (input) => input.value
                )
            );
            for (const question of form.querySelectorAll("[data-triggers]")) {
                const triggers = question.dataset.triggers.split(",");
                question.hidden = !triggers.some((trigger) => chosen.has(trigger));
            }
        };
        form.addEventListener("change", refresh);
        refresh();
    }

    /** Send once, however often the button is tapped. */
    function sendOnce(form) {
        form.addEventListener("submit", () => {
            for (const button of form.querySelectorAll(".qr-send")) {
                button.disabled = true;
            }
        });
    }

    // === Tablet at the counter === //

    const POLL = 2000;
    const THANKS = 4000;

    class Kiosk {
        constructor(main) {
            this.main = main;
            this.idle = main.querySelector(".qr-idle");
            this.shown = main.querySelector(".qr-shown");
            this.done = main.querySelector(".qr-done");
            this.offline = main.querySelector(".qr-offline");
            this.slot = false;
            this.isBusy = false;
            const button = main.querySelector(".qr-fullscreen button");
            button.addEventListener("click", () => document.documentElement.requestFullscreen());
            document.addEventListener("contextmenu", (event) => event.preventDefault());
            this.poll();
        }

        show(section) {
            for (const each of [this.idle, this.shown, this.done]) {
                each.hidden = each !== section;
            }
        }

        async poll() {
            if (!this.isBusy) {
                try {
                    await this.ask();
                    this.offline.hidden = true;
                } catch {
                    this.offline.hidden = false;
                }
            }
            setTimeout(() => this.poll(), POLL);
        }

        async ask() {
            const response = await fetch(this.main.dataset.show, {
                method: "POST",
                headers: { "Content-Type": "application/json" },
                body: JSON.stringify({ jsonrpc: "2.0", params: { slot: this.slot } }),
            });
            const { result } = await response.json();
            if (this.isBusy || !result || result.slot === this.slot) {
                return;
            }
            this.slot = result.slot;
            if (!this.slot) {
                this.shown.replaceChildren();
                this.show(this.idle);
                return;
            }
            this.shown.innerHTML = result.html;
            this.prepare(this.shown.querySelector("form"));
            this.show(this.shown);
        }

        prepare(form) {
            followConditions(form);
            form.addEventListener("submit", (event) => {
                event.preventDefault();
                this.send(form);
            });
            if (form.dataset.single) {
                form.addEventListener("change", (event) => {
                    if (event.target.matches("input[type=radio]:not([data-low])")) {
                        this.send(form);
                    }
                });
            }
            const reason = form.querySelector("textarea[name=reason]");
            for (const chip of form.querySelectorAll(".qr-chips button")) {
                chip.setAttribute("aria-pressed", "false");
                chip.addEventListener("click", () => {
                    const isPressed = chip.getAttribute("aria-pressed") === "true";
                    chip.setAttribute("aria-pressed", String(!isPressed));
                    const pressed = form.querySelectorAll(".qr-chips [aria-pressed=true]");
                    reason.value = [...pressed].map((each) => each.textContent).join("; ");
                });
            }
        }

        async send(form) {
            if (this.isBusy) {
                return;
            }
            this.isBusy = true;
            try {
                const data = new FormData(form);
                data.append("slot", this.slot);
                const response = await fetch(this.main.dataset.rate, { method: "POST", body: data });
                this.told(await response.json(), form);
            } catch {
                this.isBusy = false;
                this.offline.hidden = false;
            }
        }

        told(result, form) {
            if (result.done) {
                this.show(this.done);
                setTimeout(() => this.rest(), THANKS);
                return;
            }
            if (result.gone) {
                this.rest();
                return;
            }
            const error = form.querySelector(".qr-error");
            error.textContent = result.message;
            error.hidden = false;
            this.isBusy = false;
        }

        rest() {
            this.slot = false;
            this.isBusy = false;
            this.shown.replaceChildren();
            this.show(this.idle);
        }
    }

    document.addEventListener("DOMContentLoaded", () => {
        for (const form of document.querySelectorAll("form[method=post]")) {
            followConditions(form);
            sendOnce(form);
        }
        const kiosk = document.getElementById("qr-kiosk");
        if (kiosk) {
            new Kiosk(kiosk);
        }
    });
})();
