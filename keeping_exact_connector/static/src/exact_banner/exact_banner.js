import { Component, onMounted, onWillUpdateProps, useState } from "@odoo/owl";
import { deserializeDateTime, toLocaleDateTimeString } from "@web/core/l10n/dates";
import { useService } from "@web/core/utils/hooks";

/**
 * Says above a view what is the matter with Exact Online: what, since when and what waits. It asks
 * once when it is shown, and again when the view below it reloads.
 */
export class ExactBanner extends Component {
    static template = "keeping_exact_connector.ExactBanner";
    static props = { version: Number };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ notices: [] });
        // The view below does not wait for it.
        onMounted(() => this.load());
        onWillUpdateProps((next) => {
            if (next.version !== this.props.version) {
                this.load();
            }
        });
    }

    async load() {
        this.state.notices = await this.orm.silent.call("keeping.exact.notice", "get_notices", []);
    }

    since(notice) {
        return toLocaleDateTimeString(deserializeDateTime(notice.since), { showSeconds: false });
    }

    open(notice) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: notice.model,
            res_id: notice.record_id,
            views: [[false, "form"]],
        });
    }
}
