//! Edges between many and many, through points that all of them wait for or hold up.

use std::collections::{BTreeMap, HashMap};

use super::Notice;
use super::builder::Builder;
use super::dialect::kapp::{self, Change, Rule, Side};
use super::graph::{Barrier, NodeId, Reason, Until};

impl Builder<'_> {
    /// kapp's rules for one of the two operations. An object that is of the group it waits for does not wait
    /// for itself.
    pub(super) fn add_change_rules(&mut self, operation: Change) {
        let mut rules = Vec::new();
        for node in self.node_ids() {
            rules.extend(
                self.statements(node)
                    .rules
                    .iter()
                    .map(|rule| (node, rule.clone())),
            );
        }
        if rules.is_empty() {
            return;
        }
        let members = self.group_members(&rules);
        let mut ends: HashMap<(Side, String), NodeId> = HashMap::new();
        for (node, rule) in rules {
            if rule.own != rule.theirs {
                self.cross_operation(node, &rule, operation);
                continue;
            }
            let Some(members) = members.get(&rule.group).filter(|_| rule.own == operation) else {
                continue;
            };
            let reason = Reason::Annotation(rule.annotation.clone());
            if members.binary_search(&node).is_ok() {
                for &other in members.iter().filter(|&&other| other != node) {
                    let (dependent, dependency) = sides(rule.side, node, other);
                    self.needs(dependent, dependency, Until::Ready, reason.clone());
                }
                continue;
            }
            let end = *ends
                .entry((rule.side, rule.group.clone()))
                .or_insert_with(|| self.add_group_end(rule.side, &rule.group, members));
            let (dependent, dependency) = sides(rule.side, node, end);
            self.needs(dependent, dependency, Until::Ready, reason);
        }
    }

    /// The members of each group that a rule names.
    fn group_members(&self, rules: &[(NodeId, Rule)]) -> HashMap<String, Vec<NodeId>> {
        let mut members: HashMap<String, Vec<NodeId>> = rules
            .iter()
            .map(|(_, rule)| (rule.group.clone(), Vec::new()))
            .collect();
        let built_in: Vec<String> = members
            .keys()
            .filter(|group| kapp::is_built_in(group))
            .cloned()
            .collect();
        for node in self.node_ids() {
            for group in &self.statements(node).groups {
                if let Some(nodes) = members.get_mut(group) {
                    nodes.push(node);
                }
            }
            for group in &built_in {
                if kapp::is_built_in_member(group, &self.subject(node))
                    && let Some(nodes) = members.get_mut(group)
                    && nodes.last() != Some(&node)
                {
                    nodes.push(node);
                }
            }
        }
        members
    }

    fn add_group_end(&mut self, side: Side, group: &str, members: &[NodeId]) -> NodeId {
        let barrier = match side {
            Side::After => Barrier::GroupEnd(group.to_owned()),
            Side::Before => Barrier::GroupStart(group.to_owned()),
        };
        let end = self.add_barrier(barrier);
        for &member in members {
            let (dependent, dependency) = sides(side, end, member);
            self.needs(
                dependent,
                dependency,
                Until::Ready,
                Reason::Annotation(kapp::CHANGE_GROUP.to_owned()),
            );
        }
        end
    }

    /// Writes come before deletions; a rule that wants it the other way is told so.
    fn cross_operation(&mut self, node: NodeId, rule: &Rule, operation: Change) {
        let write_first = (rule.own == Change::Upsert) == (rule.side == Side::Before);
        if !write_first && operation == rule.own {
            self.notice(Notice::DeletionComesLater {
                key: self.subject(node).key(),
                rule: rule.text.clone(),
            });
        }
    }

    /// Webhook configurations wait for everything else of their wave, since from then on they judge it.
    pub(super) fn add_webhooks_last(&mut self) {
        let mut by_position: BTreeMap<_, (Vec<NodeId>, Vec<NodeId>)> = BTreeMap::new();
        for node in self.node_ids() {
            let (webhooks, others) = by_position.entry(self.position(node)).or_default();
            if self.subject(node).is_webhook_configuration() {
                webhooks
            } else {
                others
            }
            .push(node);
        }
        for ((phase, wave), (webhooks, others)) in by_position {
            if webhooks.is_empty() || others.is_empty() {
                continue;
            }
            let barrier = self.add_barrier(Barrier::BeforeWebhooks(phase, wave));
            for other in others {
                self.prefers(barrier, other, Until::Settled, Reason::WebhooksLast);
            }
            for webhook in webhooks {
                self.needs(webhook, barrier, Until::Settled, Reason::WebhooksLast);
            }
        }
    }
}

/// Dependent and dependency: `own` comes on this side of `other`.
fn sides(side: Side, own: NodeId, other: NodeId) -> (NodeId, NodeId) {
    match side {
        Side::After => (own, other),
        Side::Before => (other, own),
    }
}
