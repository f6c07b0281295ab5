const MAX_EDGE = 1600;
const QUALITY = 0.82;

/** Return the bytes of a file as base64, without the head of a data address. */
function asBase64(blob) {
    return new Promise((resolve, reject) => {
        const reader = new FileReader();
        reader.onload = () => resolve(reader.result.split(",")[1]);
        reader.onerror = () => reject(reader.error);
        reader.readAsDataURL(blob);
    });
}

/** Return a photo no larger than is needed to read it: tablets take them with many megabytes. */
async function smaller(file) {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, MAX_EDGE / Math.max(picture.width, picture.height));
    if (scale === 1 && file.type === "image/jpeg") {
        return file;
    }
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
}

/** Return name and content of a file as they are sent. */
export async function fileToSend(file) {
    if (!file.type.startsWith("image/")) {
        return { name: file.name, data: await asBase64(file) };
    }
    const blob = await smaller(file);
    const stem = file.name.replace(/\.[^.]*$/, "") || "photo";
    const name = blob === file ? file.name : `${stem}.jpg`;
    return { name, data: await asBase64(blob) };
}
