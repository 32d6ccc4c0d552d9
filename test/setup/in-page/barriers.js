/* What is wrong with the page for those who do not see it, see it badly, or use the keyboard. */
(() => {
    const faults = [];
    const canvas = document.createElement("canvas").getContext("2d", {
        willReadFrequently: true,
    });
    /** Red, green, blue and opacity, whatever the notation. */
    const read = (colour) => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const backOf = (element) => {
        for (let at = element; at; at = at.parentElement) {
            const colour = read(getComputedStyle(at).backgroundColor);
            if (colour[3] === 255) return colour;
        }
        return [255, 255, 255, 255];
    };
    const lightness = ([red, green, blue]) => {
        const [r, g, b] = [red, green, blue].map((part) => {
            const share = part / 255;
            return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const isSeen = (element) => {
        const { width, height } = element.getBoundingClientRect();
        return width > 1 && height > 1 && getComputedStyle(element).visibility === "visible";
    };
    const words = (element) => element.textContent?.trim().slice(0, 40) ?? "";
    for (const element of document.querySelectorAll("body *")) {
        const own = [...element.childNodes].some(
            (node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim() !== "",
        );
        const isDisabled = element.closest(":disabled") !== null;
        if (!own || !isSeen(element) || isDisabled || element.closest("svg")) continue;
        const [one, other] = [
            lightness(read(getComputedStyle(element).color)),
            lightness(backOf(element)),
        ].sort((a, b) => b - a);
        const ratio = (one + 0.05) / (other + 0.05);
        if (ratio < 4.5) faults.push(`contrast ${ratio.toFixed(2)}: ${words(element)}`);
    }
    const controls = "a[href], button, input, select, textarea, summary, [role=img], img";
    for (const control of document.querySelectorAll(controls)) {
        const labels = control instanceof HTMLInputElement ? [...(control.labels ?? [])] : [];
        const named = document.querySelector(`label[for="${control.id || "-"}"]`);
        const name = [
            control.getAttribute("aria-label"),
            control.getAttribute("alt"),
            named?.textContent,
            control.closest("label")?.textContent,
            ...labels.map((label) => label.textContent),
            control.textContent,
        ].find((text) => (text ?? "").trim() !== "");
        if (name === undefined) faults.push(`no name: ${control.outerHTML.slice(0, 120)}`);
        const { width, height } = control.getBoundingClientRect();
        const isSmall = isSeen(control) && (width < 24 || height < 24);
        if (isSmall) faults.push(`too small to be met: ${control.outerHTML.slice(0, 120)}`);
    }
    const { lang, dir, scrollWidth, clientWidth } = document.documentElement;
    if ((lang === "ar") !== (dir === "rtl")) faults.push(`${lang} runs ${dir}`);
    if (scrollWidth > clientWidth) faults.push(`scrolls sideways: ${scrollWidth}`);
    if (document.querySelectorAll("main h1").length !== 1) faults.push("not one heading");
    return faults;
})();
