//! Laws of the algebra of requirements.

use autoscalers::karpenter::keys::Keys;
use autoscalers::karpenter::requirement::{Expression, Operator, Requirement};
use autoscalers::karpenter::requirements::{Requirements, Undefined};
use proptest::prelude::*;
use sim::names::{NameId, Names};

/// Values of labels, some of them integers in more than one spelling.
const VALUES: [&str; 9] = ["a", "b", "c", "-3", "2", "5", "05", "9", "10"];
const LABELS: [&str; 3] = ["team", "size", "topology.kubernetes.io/zone"];
const OPERATORS: [Operator; 8] = [
    Operator::In,
    Operator::NotIn,
    Operator::Exists,
    Operator::DoesNotExist,
    Operator::Gt,
    Operator::Lt,
    Operator::Gte,
    Operator::Lte,
];

/// An expression by the numbers of its label, its operator and its values.
type Drawn = (usize, usize, Vec<usize>, Option<u32>);

fn drawn() -> impl Strategy<Value = Drawn> {
    let values = prop::collection::vec(0..VALUES.len(), 1..4);
    let least = prop::option::weighted(0.2, 1_u32..4);
    (0..LABELS.len(), 0..OPERATORS.len(), values, least)
}

fn expression((label, operator, values, min_values): &Drawn, names: &mut Names) -> Expression {
    Expression {
        key: names.intern(LABELS[*label]),
        operator: OPERATORS[*operator],
        values: values.iter().map(|value| names.intern(VALUES[*value])).collect(),
        min_values: *min_values,
    }
}

/// Requirements of one label, and all values.
fn read<const N: usize>(drawn: [&Drawn; N]) -> ([Requirement; N], Vec<NameId>, Names) {
    let mut names = Names::default();
    let values: Vec<NameId> = VALUES.iter().map(|value| names.intern(value)).collect();
    let requirements = drawn.map(|drawn| {
        let expression = expression(drawn, &mut names);
        Requirement::of(&expression, &names)
    });
    (requirements, values, names)
}

proptest! {
    #![proptest_config(testing::cases(512))]

    #[test]
    fn intersection_commutes(one in drawn(), two in drawn()) {
        let ([one, two], _, names) = read([&one, &two]);
        prop_assert_eq!(one.intersection(&two, &names), two.intersection(&one, &names));
        let there = one.has_intersection(&two, &names);
        prop_assert_eq!(there, two.has_intersection(&one, &names));
        prop_assert_eq!(there, !one.intersection(&two, &names).is_empty());
    }

    #[test]
    fn intersection_with_itself_changes_nothing(one in drawn(), two in drawn()) {
        let ([one, two], _, names) = read([&one, &two]);
        prop_assert_eq!(&one.intersection(&one, &names), &one);
        let both = one.intersection(&two, &names);
        prop_assert_eq!(&both.intersection(&both, &names), &both);
    }

    #[test]
    fn an_intersection_allows_what_both_allow(one in drawn(), two in drawn(), three in drawn()) {
        let ([one, two, three], values, names) = read([&one, &two, &three]);
        let both = one.intersection(&two, &names);
        let all = both.intersection(&three, &names);
        for value in values {
            let allowed = one.allows(value, &names) && two.allows(value, &names);
            prop_assert_eq!(both.allows(value, &names), allowed);
            prop_assert_eq!(all.allows(value, &names), allowed && three.allows(value, &names));
        }
    }

    /// Requirements that are added in another order require the same.
    #[test]
    fn requirements_are_a_set(all in prop::collection::vec(drawn(), 0..6)) {
        let mut names = Names::default();
        let keys = Keys::new(&mut names, &[], "reservation");
        let mut expressions: Vec<Expression> =
            all.iter().map(|drawn| expression(drawn, &mut names)).collect();
        let forward = Requirements::of(&expressions, &keys, &names);
        expressions.reverse();
        let allowed = |requirements: &Requirements, key: NameId, value: NameId| {
            requirements.get(key).is_none_or(|requirement| requirement.allows(value, &names))
        };
        let backward = Requirements::of(&expressions, &keys, &names);
        for (key, _) in forward.iter() {
            for value in VALUES.iter().filter_map(|value| names.find(value)) {
                prop_assert_eq!(allowed(&forward, key, value), allowed(&backward, key, value));
            }
        }
    }

    /// A node that takes an undefined label amiss is never more easily content than one that does not.
    #[test]
    fn compatibility_is_stricter_than_intersection(
        node in prop::collection::vec(drawn(), 0..4),
        incoming in prop::collection::vec(drawn(), 0..4),
    ) {
        let mut names = Names::default();
        let keys = Keys::new(&mut names, &[], "reservation");
        let mut of = |all: &[Drawn]| {
            let all: Vec<_> = all.iter().map(|drawn| expression(drawn, &mut names)).collect();
            Requirements::of(&all, &keys, &names)
        };
        let (node, incoming) = (of(&node), of(&incoming));
        let intersects = node.intersects(&incoming, &names);
        let known = node.compatible(&incoming, Undefined::WellKnown(&keys), &names);
        let strict = node.compatible(&incoming, Undefined::None, &names);
        prop_assert!(!strict || known);
        prop_assert!(!known || intersects);
        prop_assert_eq!(intersects, incoming.intersects(&node, &names));
    }
}
