//! Finds the built web application, so that it goes into the program; without one a small page takes its place, and the
//! program builds without Node.

use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // Set it to anything new to look for the web application again.
    println!("cargo:rerun-if-env-changed=X8_WEB_STAMP");
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo names the folder"));
    let built = here.join("../web/dist");
    if built.join("index.html").is_file() {
        println!("cargo:rerun-if-changed={}", built.join("index.html").display());
        println!("cargo:rerun-if-changed={}", built.display());
        tell(&built, "built");
        return;
    }
    let folder = PathBuf::from(env::var_os("OUT_DIR").expect("cargo names the folder")).join("web");
    fs::create_dir_all(&folder).expect("the build's own folder can be written");
    fs::write(folder.join("index.html"), ABSENT).expect("the build's own folder can be written");
    tell(&folder, "absent");
    // A folder that is not there cannot be watched without building anew each time; its parent can, where there is one.
    let parent = here.join("../web/package.json");
    if parent.is_file() {
        println!("cargo:rerun-if-changed={}", parent.display());
    }
}

fn tell(folder: &Path, state: &str) {
    println!("cargo:rustc-env=X8_WEB_DIST={}", folder.display());
    println!("cargo:rustc-env=X8_WEB_STATE={state}");
}

const ABSENT: &str = r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>X8: the web interface is not built</title>
<script type="application/json" id="boot"></script>
</head>
<body>
<main>
<h1>The web interface is not built into this program</h1>
<p>Install Node.js 20 or newer, then run <code>make run</code> again; it builds the interface and starts the program.</p>
<p>The API works without it: try it at <a href="/playground">/playground</a>; its schema stands at <a href="/schema.graphql">/schema.graphql</a>.</p>
<p lang="es">La interfaz web no está incluida. Instale Node.js 20 o posterior y ejecute <code>make run</code>.</p>
<p lang="ru">Веб-интерфейс не собран. Установите Node.js 20 или новее и выполните <code>make run</code>.</p>
<p lang="kk">Веб-интерфейс жинақталмаған. Node.js 20 немесе жаңасын орнатып, <code>make run</code> орындаңыз.</p>
</main>
</body>
</html>
"#;
