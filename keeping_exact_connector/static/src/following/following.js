import { onMounted, onWillUnmount } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";

const CHANGED = "keeping_exact_connector/changed";
// Milliseconds. Several changes in a row are one look; without a websocket, or where somebody else
// has made the invoices, a page that waits for something looks by itself.
const SOON = 600;
const LOOK_EACH = 10_000;

const UNDER_WAY = ["queued", "sending", "uncertain", "running"];

/** Tell whether the sender will still change what a record shows. */
export const isUnderWay = ({ data }) =>
    UNDER_WAY.includes(data.state) ||
    [data.processing_state, data.specification_state].includes("under_way");

/**
 * Has a controller with a banner reload when the sender has changed something, so that a person
 * who waits need not.
 *
 * The controller tells `isWaiting()`, whether there is anything to wait for, and `mayReload()`,
 * whether a reload would take nothing from the person; `concerns(ids)` may narrow the invoices that
 * it looks again for.
 *
 * @param {typeof import("@odoo/owl").Component} Controller of a form, list or kanban
 */
export const withFollowing = (Controller) =>
    class extends Controller {
        setup() {
            super.setup();
            const bus = useService("bus_service");
            const onChange = ({ ids }) => this.concerns(ids) && this.followSoon();
            let timer;
            onMounted(() => {
                bus.subscribe(CHANGED, onChange);
                bus.start();
                timer = setInterval(() => this.isWaiting() && this.follow(), LOOK_EACH);
            });
            onWillUnmount(() => {
                bus.unsubscribe(CHANGED, onChange);
                clearInterval(timer);
                clearTimeout(this.soon);
            });
        }

        concerns() {
            return true;
        }

        followSoon() {
            clearTimeout(this.soon);
            this.soon = setTimeout(() => this.follow(), SOON);
        }

        async follow() {
            if (this.following || document.hidden || !(await this.mayReload())) {
                return;
            }
            this.following = true;
            try {
                await this.model.root.load();
                this.banner.version++;
            } finally {
                this.following = false;
            }
        }
    };
