use std::env;

use tasks::apis::configuration::Configuration;
use tasks::apis::sync_api::{export_tasks, list_task_changes};
use tasks::apis::tasks_api::{create_task, delete_task, get_task, list_tasks, update_task};
use tasks::apis::Error;
use tasks::models::{FaultLocInner, TaskChange, TaskCreate, TaskSort, TaskUpdate};

fn main() {
    let configuration = Configuration {
        base_path: env::var("API").unwrap(),
        bearer_access_token: Some(env::var("TOKEN").unwrap()),
        ..Configuration::default()
    };
    let create = |title: &str| create_task(&configuration, "me", TaskCreate::new(title.to_string()), None);

    let created = create("Buy milk").unwrap();
    assert_eq!(created.version, 1);
    println!("ok create");

    let sort = Some(TaskSort::CreatedAt2);
    let page = list_tasks(
        &configuration, "me", None, None, None, None, None, None, None, None, None, None, None, None, None, None, sort,
        Some(1), None, None,
    )
    .unwrap();
    assert_eq!(page.items[0].title, "Buy milk");
    println!("ok list");

    let id = created.id.to_string();
    let update = || {
        let changes = TaskUpdate { completed: Some(true), description: Some(None), ..TaskUpdate::default() };
        update_task(&configuration, "me", &id, changes, Some("\"1\""), None, None)
    };
    assert!(update().unwrap().completed);
    println!("ok update");

    let Err(Error::ResponseError(stale)) = update() else { panic!("no error") };
    assert_eq!(stale.status.as_u16(), 412);
    println!("ok 412");

    let Err(Error::ResponseError(invalid)) = create(" ") else { panic!("no error") };
    assert_eq!(invalid.status.as_u16(), 422);
    let problem: tasks::models::Problem = serde_json::from_str(&invalid.content).unwrap();
    assert_eq!(problem.errors.unwrap()[0].loc[1], FaultLocInner::String("title".to_string()));
    println!("ok 422");

    match list_task_changes(&configuration, "me", None, None).map(|page| page.items[0].clone()) {
        Ok(TaskChange::ChangedTask(change)) if change.task.id == created.id => println!("ok changes"),
        other => println!("changes: {other:?}"),
    }

    delete_task(&configuration, "me", &id, None, None, None).unwrap();
    let Err(Error::ResponseError(missing)) = get_task(&configuration, "me", &id, None, None) else { panic!("no error") };
    assert_eq!(missing.status.as_u16(), 404);
    println!("ok delete");

    create("one").unwrap();
    create("two").unwrap();
    match export_tasks(&configuration, "me") {
        Ok(text) if text.ends_with("{\"type\":\"end\",\"lists\":0,\"tasks\":2}\n") => println!("ok export"),
        other => println!("export: {other:?}"),
    }
}
