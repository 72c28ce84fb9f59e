//! Any text is loaded or refused; `cargo +nightly fuzz run objects`.
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use scenarios::Diagnostics;
use scenarios::diagnostic::Source;
use scenarios::kube::Object;
use scenarios::load::Loader;
use scenarios::unmodelled::Tally;

fuzz_target!(|text: &str| {
    let (mut tally, mut found) = (Tally::default(), Diagnostics::default());
    let mut loader = Loader::new(&mut tally, &mut found);
    loader.text(&Source { file: "fuzz".into(), text: Arc::from(text) });
    let (objects, _) = loader.into_objects();
    for loaded in objects {
        let printed = serde_json::to_string(&loaded.object).expect("objects print");
        let again: Object = serde_json::from_str(&printed).expect("what was printed is read");
        assert_eq!(again, loaded.object);
    }
    let _ = found.render(false);
});
