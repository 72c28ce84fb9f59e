//! What a person types and what the program answers, as files in `cli/tests/cmd/`.

#[test]
fn commands() {
    trycmd::TestCases::new().case("tests/cmd/*.trycmd").run();
}
