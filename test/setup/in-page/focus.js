/* What has the focus: its name, and whether it is seen to have it. */
(() => {
    const element = document.activeElement;
    if (!(element instanceof HTMLElement)) return { name: "", isSeen: false };
    const row = element.closest(".row") ?? element;
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    const isOutlined = outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2;
    const name = element.getAttribute("aria-label") ?? element.textContent?.trim() ?? "";
    const label = element.id && document.querySelector(`label[for="${element.id}"]`);
    return {
        name: (label ? label.textContent : name) ?? "",
        isSeen: isOutlined || getComputedStyle(row).boxShadow !== "none",
    };
})();
