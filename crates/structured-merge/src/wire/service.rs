//! What becomes of a Service that is written again: some fields go with its type, and what the server allocated
//! stays where nobody states it.

use serde_json::{Map, Value};

type Fields = Map<String, Value>;

/// A field of `spec` that only some Services have.
struct Dependent {
    name: &'static str,
    /// Whether a Service has it.
    is_had: fn(&Fields) -> bool,
    /// Whether the server chooses its value, and puts it back where it is left out.
    is_allocated: bool,
}

const DEPENDENT: [Dependent; 8] = [
    allocated("clusterIP", has_address),
    allocated("clusterIPs", has_address),
    stated("ipFamilies", has_address),
    stated("ipFamilyPolicy", has_address),
    allocated("healthCheckNodePort", has_health_check),
    stated("allocateLoadBalancerNodePorts", is_balanced),
    stated("loadBalancerClass", is_balanced),
    stated("externalTrafficPolicy", is_reachable),
];

const fn allocated(name: &'static str, is_had: fn(&Fields) -> bool) -> Dependent {
    Dependent {
        name,
        is_had,
        is_allocated: true,
    }
}

const fn stated(name: &'static str, is_had: fn(&Fields) -> bool) -> Dependent {
    Dependent {
        name,
        is_had,
        is_allocated: false,
    }
}

/// Brings a Service that is written over a live one to the form in which the server keeps it.
pub(super) fn settle_service(live: &Value, service: &mut Value) {
    let Some(spec) = service.get_mut("spec").and_then(Value::as_object_mut) else {
        return;
    };
    if !has_address(spec) {
        spec.remove("internalTrafficPolicy");
    }
    let Some(before) = live.get("spec").and_then(Value::as_object) else {
        return;
    };
    for field in DEPENDENT {
        match ((field.is_had)(before), (field.is_had)(spec)) {
            (true, true) if field.is_allocated && !spec.contains_key(field.name) => {
                let kept = before.get(field.name).cloned();
                spec.extend(kept.map(|value| (field.name.to_owned(), value)));
            }
            // what is stated anew is for the validation to refuse
            (true, false) if before.get(field.name) == spec.get(field.name) => {
                spec.remove(field.name);
            }
            _ => {}
        }
    }
    settle_node_ports(before, spec);
}

fn settle_node_ports(before: &Fields, spec: &mut Fields) {
    if !has_node_ports(before) {
        return;
    }
    let is_had = has_node_ports(spec);
    let is_kept = allocates_node_ports(before) && allocates_node_ports(spec);
    let known: Vec<(Option<&str>, &Value)> = ports(before)
        .filter_map(|port| Some((name(port), port.get("nodePort")?)))
        .collect();
    let is_known = |number: &Value| known.iter().any(|(_, known)| *known == number);
    let mut taken: Vec<Value> = ports(spec)
        .filter_map(|port| port.get("nodePort").cloned())
        .collect();
    if !is_had && !taken.iter().all(is_known) {
        return;
    }
    let Some(Value::Array(ports)) = spec.get_mut("ports") else {
        return;
    };
    for port in ports.iter_mut().filter_map(Value::as_object_mut) {
        if !is_had {
            port.remove("nodePort");
        } else if is_kept && !port.contains_key("nodePort") {
            let kept = known.iter().find(|(known, _)| *known == name(port));
            if let Some((_, number)) = kept.filter(|(_, number)| !taken.contains(number)) {
                taken.push((*number).clone());
                port.insert("nodePort".to_owned(), (*number).clone());
            }
        }
    }
}

fn ports(spec: &Fields) -> impl Iterator<Item = &Fields> {
    let ports = spec.get("ports").and_then(Value::as_array);
    ports.into_iter().flatten().filter_map(Value::as_object)
}

fn name(port: &Fields) -> Option<&str> {
    port.get("name").and_then(Value::as_str)
}

fn is_of_type(spec: &Fields, types: &[&str]) -> bool {
    let of = spec.get("type").and_then(Value::as_str);
    types.contains(&of.unwrap_or("ClusterIP"))
}

fn has_address(spec: &Fields) -> bool {
    !is_of_type(spec, &["ExternalName"])
}

fn has_node_ports(spec: &Fields) -> bool {
    is_of_type(spec, &["NodePort", "LoadBalancer"])
}

fn allocates_node_ports(spec: &Fields) -> bool {
    has_node_ports(spec)
        && !(is_balanced(spec)
            && spec
                .get("allocateLoadBalancerNodePorts")
                .is_some_and(|allocates| allocates == false))
}

fn is_balanced(spec: &Fields) -> bool {
    is_of_type(spec, &["LoadBalancer"])
}

fn has_health_check(spec: &Fields) -> bool {
    is_balanced(spec)
        && spec
            .get("externalTrafficPolicy")
            .is_some_and(|policy| policy == "Local")
}

/// Whether it can be reached from outside of the cluster.
fn is_reachable(spec: &Fields) -> bool {
    let has_addresses = || {
        spec.get("externalIPs")
            .and_then(Value::as_array)
            .is_some_and(|addresses| !addresses.is_empty())
    };
    has_node_ports(spec) || (is_of_type(spec, &["ClusterIP"]) && has_addresses())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn settled(before: &Value, after: &Value) -> Value {
        let mut service = json!({"spec": after});
        settle_service(&json!({"spec": before}), &mut service);
        service["spec"].take()
    }

    fn balanced() -> Value {
        json!({"type": "LoadBalancer", "clusterIP": "10.0.0.7", "clusterIPs": ["10.0.0.7"], "ipFamilies": ["IPv4"],
            "ipFamilyPolicy": "SingleStack", "externalTrafficPolicy": "Local", "healthCheckNodePort": 31000,
            "internalTrafficPolicy": "Cluster", "allocateLoadBalancerNodePorts": true, "loadBalancerClass": "a",
            "ports": [{"name": "web", "port": 80, "nodePort": 30080}, {"name": "dns", "port": 53, "nodePort": 30053}]})
    }

    #[test]
    fn fields_go_with_the_type() {
        let mut after = balanced();
        after["type"] = json!("ClusterIP");
        assert_eq!(
            settled(&balanced(), &after),
            json!({"type": "ClusterIP", "clusterIP": "10.0.0.7", "clusterIPs": ["10.0.0.7"], "ipFamilies": ["IPv4"],
                "ipFamilyPolicy": "SingleStack", "internalTrafficPolicy": "Cluster",
                "ports": [{"name": "web", "port": 80}, {"name": "dns", "port": 53}]})
        );
        after["type"] = json!("ExternalName");
        assert_eq!(
            settled(&balanced(), &after),
            json!({"type": "ExternalName", "ports": [{"name": "web", "port": 80}, {"name": "dns", "port": 53}]})
        );
    }

    #[test]
    fn what_is_stated_anew_stays() {
        let mut after = balanced();
        after["type"] = json!("ClusterIP");
        after["externalTrafficPolicy"] = json!("Cluster");
        after["ports"][0]["nodePort"] = json!(30081);
        let settled = settled(&balanced(), &after);
        assert_eq!(settled["externalTrafficPolicy"], "Cluster");
        assert_eq!(settled["ports"], after["ports"]);
    }

    #[test]
    fn addresses_make_a_service_reachable() {
        let before =
            json!({"type": "ClusterIP", "externalIPs": ["10.1.1.1"], "externalTrafficPolicy": "Cluster"});
        assert_eq!(settled(&before, &before), before);
        let after = json!({"type": "ClusterIP", "externalTrafficPolicy": "Cluster"});
        assert_eq!(settled(&before, &after), json!({"type": "ClusterIP"}));
    }

    #[test]
    fn what_was_allocated_is_kept() {
        let mut after = balanced();
        after["type"] = json!("NodePort");
        after["ports"] =
            json!([{"name": "dns", "port": 54}, {"name": "new", "port": 1}, {"name": "web", "port": 80}]);
        if let Some(after) = after.as_object_mut() {
            after.remove("clusterIP");
        }
        let settled = settled(&balanced(), &after);
        assert_eq!(settled["clusterIP"], "10.0.0.7");
        assert_eq!(
            settled["ports"],
            json!([{"name": "dns", "port": 54, "nodePort": 30053}, {"name": "new", "port": 1},
                {"name": "web", "port": 80, "nodePort": 30080}])
        );
    }
}
