// QR codes from the camera or a picture: by the browser's own detector where it reads them, else by a decoder that is
// fetched once (ZXing in WebAssembly).
import { fetchScanner } from "./store.js";

const PAUSE = 120;
const LONGEST_SIDE = 1600;

export async function readsByItself() {
  if (!("BarcodeDetector" in window)) return false;
  const formats = await window.BarcodeDetector.getSupportedFormats().catch(() => []);
  return formats.includes("qr_code");
}

// A function that reads the text of a QR code in a picture or a frame, or null. files: the decoder's, its wasm last.
export async function makeReader(files) {
  if (await readsByItself()) {
    const detector = new window.BarcodeDetector({ formats: ["qr_code"] });
    return async (source) => ((await detector.detect(source))[0] || { rawValue: null }).rawValue;
  }
  await fetchScanner(files);
  const decoder = await import("../../vendor/zxing/reader/index.js");
  const wasmBinary = await (await fetch(files[files.length - 1])).arrayBuffer();
  await decoder.prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
  const canvas = document.createElement("canvas");
  return async (source) => {
    const [found] = await decoder.readBarcodes(pixels(source, canvas), { formats: ["QRCode"], maxNumberOfSymbols: 1 });
    return found && found.isValid ? found.text : null;
  };
}

function pixels(source, canvas) {
  const [width, height] = [source.videoWidth || source.width, source.videoHeight || source.height];
  const scale = Math.min(1, LONGEST_SIDE / Math.max(width, height));
  [canvas.width, canvas.height] = [Math.round(width * scale), Math.round(height * scale)];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

export async function readPicture(read, file) {
  const picture = await createImageBitmap(file);
  try {
    return await read(picture);
  } finally {
    picture.close();
  }
}

// Looks until it has read one or `stopped` says so; the camera is off afterwards, whatever happens.
export async function readCamera(read, video, stopped) {
  const wanted = { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } };
  const stream = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false });
  try {
    video.srcObject = stream;
    await video.play();
    while (!stopped()) {
      const text = await read(video);
      if (text) return text;
      await new Promise((done) => setTimeout(done, PAUSE));
    }
    return null;
  } finally {
    stream.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
  }
}
