//! Any text is Kubernetes objects or is refused, and an object that is printed is read as itself.

use scenarios::Diagnostics;
use scenarios::kube::Object;
use scenarios::load::Loader;
use scenarios::unmodelled::Tally;

use super::source;

pub(crate) fn run(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else { return false };
    let (mut tally, mut found) = (Tally::default(), Diagnostics::default());
    let mut loader = Loader::new(&mut tally, &mut found);
    loader.text(&source(text));
    let (objects, _) = loader.into_objects();
    for loaded in &objects {
        let printed = serde_json::to_string(&loaded.object).expect("objects print");
        let again: Object = serde_json::from_str(&printed).expect("what was printed is read");
        assert_eq!(again, loaded.object);
    }
    let _ = found.render(false);
    !objects.is_empty() && !found.has_errors()
}
