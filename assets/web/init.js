import start from "/app/lockstep_web.js";
start({ module_or_path: "/app/lockstep_web_bg.wasm" });
