//! Which pods a pod means: label selectors with their namespaces, affinity to other pods, spread.

use sim::model::Model;
use sim::model::labels;
use sim::model::labels::{LabelSet, Requirement};
use sim::model::pod::{AffinityTerm, PodAffinity, SpreadConstraint};
use sim::model::selectors::{BorneTerm, Namespaces, PodSelector, SelectorId, TermId, TermKind};
use sim::names::{NameId, Names};

use super::labels::{label_set, requirements};
use crate::kube::{self, LabelSelector, Labels};
use manifests::context::ClusterContext;

/// A pod that means others, and what it may mean.
pub struct Meaning<'m> {
    /// Where what it means is written down.
    pub model: &'m mut Model,
    /// What is context it.
    pub context: &'m ClusterContext,
    /// Its namespace.
    pub namespace: &'m str,
    /// Its labels.
    pub labels: &'m Labels,
    /// Whether the API server has admitted it, and has put into its terms what it does.
    pub admitted: bool,
}

/// In which of two ways a term of a pod is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// By the pod itself while it looks for a node.
    Own,
    /// By the scheduler when it looks at pods that come after it.
    Borne,
}

impl Meaning<'_> {
    /// Affinity and anti-affinity to other pods.
    ///
    /// # Errors
    /// A sentence that says what is wrong with a term.
    // kube-scheduler: framework/types.go PodInfo.Update
    pub fn pod_affinity(&mut self, affinity: &kube::Affinity) -> Result<PodAffinity, String> {
        let none = kube::PodAffinity::default();
        let near = affinity.pod_affinity.as_ref().unwrap_or(&none);
        let far = affinity.pod_anti_affinity.as_ref().unwrap_or(&none);
        let mut result = PodAffinity::default();
        let mut all = Vec::new();
        for term in &near.required {
            let AffinityTerm { selector, key } = self.term(term, Reading::Own)?;
            result.required.push(key);
            all.push(selector);
            result.borne.push(self.borne(term, TermKind::Required)?);
        }
        if !all.is_empty() {
            let every = self.model.selectors.intern(PodSelector::AllOf(all));
            result.required_of_itself = self.means_itself(every);
            result.required_pods = Some(every);
        }
        for term in &far.required {
            result.required_anti.push(self.term(term, Reading::Own)?);
            result.borne.push(self.borne(term, TermKind::KeepsAway)?);
        }
        for (preferred, sign) in [(&near.preferred, 1), (&far.preferred, -1)] {
            for kube::WeightedPodAffinityTerm { weight, pod_affinity_term: term } in preferred {
                let weight = weight * sign;
                result.preferred.push((weight, self.term(term, Reading::Own)?));
                result.borne.push(self.borne(term, TermKind::Preferred(weight))?);
            }
        }
        Ok(result)
    }

    /// How it is to be spread.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the constraint.
    // kube-scheduler: plugins/podtopologyspread/common.go filterTopologySpreadConstraints
    pub fn spread(
        &mut self,
        constraint: &kube::TopologySpreadConstraint,
    ) -> Result<SpreadConstraint, String> {
        let names = &mut self.model.names;
        let own = |key: &String| Some((key.clone(), self.labels.get(key)?.clone()));
        let like_itself = LabelSelector {
            match_labels: constraint.match_label_keys.iter().filter_map(own).collect(),
            match_expressions: Vec::new(),
        };
        let mut wanted = requirements(names, &like_itself)?;
        // No selector means no pod. Upstream forgets that where labels must be the pod's own.
        let means_none = constraint.label_selector.is_none() && wanted.is_empty();
        if let Some(selector) = &constraint.label_selector {
            wanted.extend(requirements(names, selector)?);
        }
        let label = names.intern(&constraint.topology_key);
        let means_every = wanted.is_empty() && !means_none;
        let here = Namespaces::Only(vec![names.intern(self.namespace)]);
        let namespaces = if means_none { Namespaces::Only(Vec::new()) } else { here };
        let pods = PodSelector::Pods { namespaces, labels: wanted };
        let selector = self.model.selectors.intern(pods);
        Ok(SpreadConstraint {
            key: self.model.selectors.intern_key(label),
            max_skew: constraint.max_skew,
            required: constraint.when_unsatisfiable != "ScheduleAnyway",
            min_domains: constraint.min_domains.unwrap_or(1),
            // kube-scheduler: podtopologyspread/common.go countPodsMatchSelector
            counted: (!means_every).then_some(selector),
            counts_itself: self.means_itself(selector),
            honors_affinity: constraint.node_affinity_policy.as_deref() != Some("Ignore"),
            honors_taints: constraint.node_taints_policy.as_deref() == Some("Honor"),
        })
    }

    /// The pods from which the scheduler's default constraints keep it: those of its Services and
    /// of its controller.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the controller's selector.
    // kube-scheduler: plugins/helper/spread.go DefaultSelector
    pub fn default_spread(
        &mut self,
        controller: Option<&LabelSelector>,
    ) -> Result<Option<SelectorId>, String> {
        let names = &mut self.model.names;
        let match_labels = self.context.selected_by_services(self.namespace, self.labels);
        let services = LabelSelector { match_labels, match_expressions: Vec::new() };
        let mut wanted = requirements(names, &services)?;
        for requirement in controller.map_or_else(|| Ok(Vec::new()), |c| requirements(names, c))? {
            if !wanted.contains(&requirement) {
                wanted.push(requirement);
            }
        }
        if wanted.is_empty() {
            return Ok(None);
        }
        let namespaces = Namespaces::Only(vec![names.intern(self.namespace)]);
        let pods = PodSelector::Pods { namespaces, labels: wanted };
        Ok(Some(self.model.selectors.intern(pods)))
    }

    fn borne(&mut self, term: &kube::PodAffinityTerm, kind: TermKind) -> Result<TermId, String> {
        let AffinityTerm { selector, key } = self.term(term, Reading::Borne)?;
        Ok(self.model.selectors.intern_term(BorneTerm { kind, selector, key }))
    }

    /// What a term means.
    fn term(
        &mut self,
        term: &kube::PodAffinityTerm,
        reading: Reading,
    ) -> Result<AffinityTerm, String> {
        let selectors = match &term.label_selector {
            Some(selector) => {
                let mut labels = requirements(&mut self.model.names, selector)?;
                if !self.admitted {
                    labels.extend(self.own_labels(term));
                }
                PodSelector::Pods { namespaces: self.namespaces(term, reading)?, labels }
            }
            None => {
                PodSelector::Pods { namespaces: Namespaces::Only(Vec::new()), labels: Vec::new() }
            }
        };
        let label = self.model.names.intern(&term.topology_key);
        Ok(AffinityTerm {
            selector: self.model.selectors.intern(selectors),
            key: self.model.selectors.intern_key(label),
        })
    }

    /// What `matchLabelKeys` and `mismatchLabelKeys` ask, which admission puts into the selector.
    // API server: registry/core/pod/strategy.go applyMatchLabelKeysAndMismatchLabelKeys
    fn own_labels(&mut self, term: &kube::PodAffinityTerm) -> Vec<Requirement> {
        let names = &mut self.model.names;
        let mut own = |keys: &[String], operator: fn(Vec<NameId>) -> labels::Operator| {
            let present = keys.iter().filter_map(|key| Some((key, self.labels.get(key)?)));
            let asked = present.map(|(key, value)| {
                let operator = operator(vec![names.intern(value)]);
                Requirement { key: names.intern(key), operator }
            });
            asked.collect::<Vec<_>>()
        };
        let mut asked = own(&term.match_label_keys, labels::Operator::In);
        asked.extend(own(&term.mismatch_label_keys, labels::Operator::NotIn));
        asked
    }

    /// In which namespaces a term looks.
    // kube-scheduler: framework/types.go getNamespacesFromPodAffinityTerm, AffinityTerm.Matches
    fn namespaces(
        &mut self,
        term: &kube::PodAffinityTerm,
        reading: Reading,
    ) -> Result<Namespaces, String> {
        let names = &mut self.model.names;
        let mut list: Vec<NameId> = term.namespaces.iter().map(|name| names.intern(name)).collect();
        match &term.namespace_selector {
            None if list.is_empty() => list.push(names.intern(self.namespace)),
            None => {}
            Some(selector) => {
                let wanted = requirements(names, selector)?;
                let satisfied = |labels: &LabelSet, names: &Names| {
                    wanted.iter().all(|it| it.allows(labels.get(it.key), names))
                };
                // Upstream asks a pod's own selector of namespaces that have no labels at all, so
                // that one which only forbids labels means every namespace.
                // kube-scheduler: interpodaffinity/plugin.go mergeAffinityTermNamespacesIfNotEmpty
                let forgets = reading == Reading::Own && satisfied(&LabelSet::default(), names);
                if wanted.is_empty() || forgets {
                    return Ok(Namespaces::Every);
                }
                for (name, labels) in self.context.namespaces() {
                    let labels = label_set(names, labels);
                    if satisfied(&labels, names) {
                        list.push(names.intern(name));
                    }
                }
            }
        }
        list.sort_unstable();
        list.dedup();
        Ok(Namespaces::Only(list))
    }

    /// Whether a selector means the pod itself.
    fn means_itself(&mut self, selector: SelectorId) -> bool {
        let names = &mut self.model.names;
        let (namespace, labels) = (names.intern(self.namespace), label_set(names, self.labels));
        self.model.selectors.means(selector, Some(namespace), &labels, &self.model.names)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kube::Object;
    use sim::model::pod::PodSpec;

    const NAMESPACES: &str = r#"[
        {"kind": "Namespace", "metadata": {"name": "a", "labels": {"team": "x"}}},
        {"kind": "Namespace", "metadata": {"name": "b", "labels": {"team": "y"}}},
        {"kind": "Service", "metadata": {"namespace": "a"}, "spec": {"selector": {"app": "web"}}}]"#;

    /// What a pod in namespace `a` with these labels means, as a question about others.
    struct Asked {
        model: Model,
        spec: PodSpec,
    }

    fn asked(labels: &str, spec: &str, controller: Option<&str>, admitted: bool) -> Asked {
        let context = ClusterContext::of(&serde_json::from_str::<Vec<Object>>(NAMESPACES).unwrap());
        let mut model = Model::default();
        let controller = controller.map(|text| serde_json::from_str(text).unwrap());
        let metadata = kube::ObjectMeta::default();
        let source = super::super::pods::Source {
            namespace: "a",
            labels: &serde_json::from_str(labels).unwrap(),
            annotations: &Labels::new(),
            spec: &serde_json::from_str(spec).unwrap(),
            controller: controller.as_ref(),
            admitted: admitted.then_some(&metadata),
            status: None,
        };
        let spec = super::super::pods::pod_spec(&mut model, &context, source).unwrap();
        Asked { model, spec }
    }

    impl Asked {
        fn means(&mut self, selector: SelectorId, namespace: &str, labels: &str) -> bool {
            let names = &mut self.model.names;
            let labels = label_set(names, &serde_json::from_str(labels).unwrap());
            let namespace = names.intern(namespace);
            let selectors = &self.model.selectors;
            selectors.means(selector, Some(namespace), &labels, &self.model.names)
        }

        /// Namespaces among a, b and c in which the first required anti-affinity term looks, when
        /// the pod itself asks and when it is asked of it.
        fn looks_in(&mut self) -> [String; 2] {
            let own = self.spec.pod_affinity.required_anti[0].selector;
            let borne = self.model.selectors.term(self.spec.pod_affinity.borne[0]).selector;
            [own, borne].map(|selector| {
                ["a", "b", "c"].into_iter().filter(|ns| self.means(selector, ns, "{}")).collect()
            })
        }
    }

    fn anti(namespaces: &str) -> Asked {
        let term = format!(r#"{{"topologyKey": "zone", "labelSelector": {{}}{namespaces}}}"#);
        let required = format!(r#"{{"requiredDuringSchedulingIgnoredDuringExecution": [{term}]}}"#);
        asked("{}", &format!(r#"{{"affinity": {{"podAntiAffinity": {required}}}}}"#), None, true)
    }

    #[test]
    fn namespaces_of_a_term() {
        let both = |text: &str| [text.to_owned(), text.to_owned()];
        assert_eq!(anti("").looks_in(), both("a"), "its own");
        assert_eq!(anti(r#", "namespaces": ["b"]"#).looks_in(), both("b"));
        assert_eq!(anti(r#", "namespaceSelector": {}"#).looks_in(), both("abc"));
        let selected =
            r#", "namespaces": ["c"], "namespaceSelector": {"matchLabels": {"team": "x"}}"#;
        assert_eq!(anti(selected).looks_in(), both("ac"), "either will do");
    }

    #[test]
    fn a_pod_that_only_forbids_labels_of_namespaces_means_all_of_them() {
        let only_not = r#", "namespaceSelector": {"matchExpressions": [
            {"key": "team", "operator": "NotIn", "values": ["x"]}]}"#;
        assert_eq!(anti(only_not).looks_in(), ["abc".to_owned(), "b".to_owned()]);
    }

    #[test]
    fn a_pod_must_match_all_terms_at_once() {
        let spec = r#"{"affinity": {"podAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": [
                {"topologyKey": "zone", "labelSelector": {"matchLabels": {"app": "db"}}},
                {"topologyKey": "host", "labelSelector": {"matchLabels": {"tier": "1"}}}],
            "preferredDuringSchedulingIgnoredDuringExecution": [
                {"weight": 7, "podAffinityTerm": {"topologyKey": "zone"}}]},
          "podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [
                {"weight": 3, "podAffinityTerm": {"topologyKey": "zone", "labelSelector": {}}}]}}}"#;
        let mut it = asked(r#"{"app": "db", "tier": "1"}"#, spec, None, true);
        let affinity = it.spec.pod_affinity.clone();
        assert!(affinity.required_of_itself && affinity.required.len() == 2);
        let every = affinity.required_pods.unwrap();
        assert!(it.means(every, "a", r#"{"app": "db", "tier": "1"}"#));
        assert!(!it.means(every, "a", r#"{"app": "db"}"#));
        let weights: Vec<i64> = affinity.preferred.iter().map(|(weight, _)| *weight).collect();
        assert_eq!(weights, [7, -3]);
        let without_selector = affinity.preferred[0].1.selector;
        assert!(!it.means(without_selector, "a", "{}"), "no selector means no pod");
        let kinds = affinity.borne.iter().map(|term| it.model.selectors.term(*term).kind);
        let kinds: Vec<TermKind> = kinds.collect();
        assert_eq!(
            kinds,
            [
                TermKind::Required,
                TermKind::Required,
                TermKind::Preferred(7),
                TermKind::Preferred(-3)
            ]
        );
    }

    #[test]
    fn admission_adds_the_pods_own_labels_to_its_terms() {
        let spec = r#"{"affinity": {"podAntiAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": [{"topologyKey": "zone",
                "labelSelector": {}, "matchLabelKeys": ["rev"], "mismatchLabelKeys": ["tenant"]}]}}}"#;
        let labels = r#"{"rev": "1", "tenant": "t"}"#;
        let mut template = asked(labels, spec, None, false);
        let mut admitted = asked(labels, spec, None, true);
        let other = r#"{"rev": "2", "tenant": "t"}"#;
        let selector = |it: &Asked| it.spec.pod_affinity.required_anti[0].selector;
        let (of_template, of_admitted) = (selector(&template), selector(&admitted));
        assert!(!template.means(of_template, "a", other));
        assert!(template.means(of_template, "a", r#"{"rev": "1", "tenant": "u"}"#));
        assert!(admitted.means(of_admitted, "a", other), "what it has is in the selector already");
    }

    #[test]
    fn spread_counts_what_its_selector_means() {
        let spread = |labels: &str, rest: &str| {
            let constraint = format!(r#"{{"maxSkew": 1, "topologyKey": "zone"{rest}}}"#);
            let it = asked(
                labels,
                &format!(r#"{{"topologySpreadConstraints": [{constraint}]}}"#),
                None,
                true,
            );
            let spread = it.spec.spread[0].clone();
            (it, spread)
        };
        let (_, empty) = spread("{}", r#", "labelSelector": {}"#);
        assert!(empty.counted.is_none() && empty.counts_itself, "it selects no pod but itself");
        assert!(empty.required && empty.min_domains == 1);
        assert!(empty.honors_affinity && !empty.honors_taints);
        let (mut it, none) = spread("{}", "");
        assert!(!none.counts_itself && !it.means(none.counted.unwrap(), "a", "{}"));
        let (mut it, keys) = spread(r#"{"rev": "1"}"#, r#", "matchLabelKeys": ["rev", "absent"]"#);
        let counted = keys.counted.unwrap();
        assert!(it.means(counted, "a", r#"{"rev": "1"}"#), "no selector, and yet its own labels");
        assert!(
            !it.means(counted, "a", r#"{"rev": "2"}"#)
                && !it.means(counted, "b", r#"{"rev": "1"}"#)
        );
        let policies = r#", "minDomains": 3, "nodeAffinityPolicy": "Ignore",
            "nodeTaintsPolicy": "Honor", "whenUnsatisfiable": "ScheduleAnyway"}"#;
        let (_, policies) = spread("{}", policies.trim_end_matches('}'));
        assert!(!policies.required && policies.min_domains == 3);
        assert!(!policies.honors_affinity && policies.honors_taints);
    }

    #[test]
    fn by_default_a_pod_is_spread_from_those_of_its_services_and_controller() {
        let mut both = asked(
            r#"{"app": "web", "hash": "1"}"#,
            "{}",
            Some(r#"{"matchLabels": {"app": "web", "hash": "1"}}"#),
            true,
        );
        let selector = both.spec.default_spread.unwrap();
        assert!(both.means(selector, "a", r#"{"app": "web", "hash": "1"}"#));
        assert!(!both.means(selector, "a", r#"{"app": "web", "hash": "2"}"#));
        let mut service = asked(r#"{"app": "web"}"#, "{}", None, true);
        let selector = service.spec.default_spread.unwrap();
        assert!(service.means(selector, "a", r#"{"app": "web", "hash": "2"}"#));
        assert!(!service.means(selector, "b", r#"{"app": "web"}"#));
        assert!(asked(r#"{"app": "db"}"#, "{}", None, true).spec.default_spread.is_none());
        let explicit = r#"{"topologySpreadConstraints": [{"topologyKey": "zone"}]}"#;
        assert!(asked(r#"{"app": "web"}"#, explicit, None, true).spec.default_spread.is_none());
    }

    #[test]
    fn what_makes_no_sense_is_an_error() {
        let mut names = Names::default();
        let selector = r#"{"matchExpressions": [{"key": "k", "operator": "Gt", "values": ["1"]}]}"#;
        let error = requirements(&mut names, &serde_json::from_str(selector).unwrap());
        assert_eq!(error.unwrap_err(), "a label selector cannot compare (`k`)");
    }
}
