import { registry } from "@web/core/registry";
import { formView } from "@web/views/form/form_view";
import { listView } from "@web/views/list/list_view";
import { BannerFormController, BannerListController } from "../exact_banner/banner_views";
import { isUnderWay, withFollowing } from "./following";

export class FollowFormController extends withFollowing(BannerFormController) {
    concerns(ids) {
        const { resModel, resId } = this.model.root;
        return resModel !== "keeping.exact.invoice" || ids.includes(resId);
    }

    isWaiting() {
        return isUnderWay(this.model.root);
    }

    async mayReload() {
        return !(await this.model.root.isDirty());
    }
}

export class FollowListController extends withFollowing(BannerListController) {
    isWaiting() {
        return this.model.root.records.some(isUnderWay);
    }

    mayReload() {
        const { editedRecord, selection } = this.model.root;
        return !editedRecord && !selection.length;
    }
}

const views = registry.category("views");
views.add("keeping_exact_follow_form", { ...formView, Controller: FollowFormController });
views.add("keeping_exact_follow_list", { ...listView, Controller: FollowListController });
