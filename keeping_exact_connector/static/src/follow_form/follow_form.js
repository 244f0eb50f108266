import { onMounted, onWillUnmount } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { formView } from "@web/views/form/form_view";
import { BannerFormController } from "../exact_banner/banner_views";

const UNDER_WAY = ["queued", "sending", "uncertain"];
const PAUSE = 3000; // milliseconds

/**
 * A form that follows an invoice on its way to Exact: it reloads while the sender is at work,
 * so that a person who waits need not.
 */
export class FollowFormController extends BannerFormController {
    setup() {
        super.setup();
        let timer;
        onMounted(() => {
            timer = setInterval(() => this.follow(), PAUSE);
        });
        onWillUnmount(() => clearInterval(timer));
    }

    async follow() {
        const record = this.model.root;
        const { state, processing_state, specification_state } = record.data;
        const underWay =
            UNDER_WAY.includes(state) ||
            processing_state === "under_way" ||
            specification_state === "under_way";
        if (underWay && !this.following && !document.hidden && !(await record.isDirty())) {
            this.following = true;
            try {
                await record.load();
            } finally {
                this.following = false;
            }
        }
    }
}

registry.category("views").add("keeping_exact_follow_form", {
    ...formView,
    Controller: FollowFormController,
});
