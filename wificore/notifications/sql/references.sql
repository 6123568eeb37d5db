-- Keys to users and sites, kept by the database (models/references.py).

-- name: notification_user
-- A deleted user's inbox goes along.
ALTER TABLE {schema}.notifications_notification ADD CONSTRAINT notifications_notification_user
    FOREIGN KEY (user_id) REFERENCES {schema}.access_user (id) ON DELETE CASCADE

-- name: notification_site
-- What people were told stays told.
ALTER TABLE {schema}.notifications_notification ADD CONSTRAINT notifications_notification_site
    FOREIGN KEY (site_id) REFERENCES {schema}.access_site (id) ON DELETE SET NULL

-- name: delivery_notification
-- How a notification went out, with it; also where the database itself deletes an inbox.
ALTER TABLE {schema}.notifications_delivery ADD CONSTRAINT notifications_delivery_notification
    FOREIGN KEY (notification_id) REFERENCES {schema}.notifications_notification (id)
    ON DELETE CASCADE

-- name: preference_user
-- As the inbox.
ALTER TABLE {schema}.notifications_preference ADD CONSTRAINT notifications_preference_user
    FOREIGN KEY (user_id) REFERENCES {schema}.access_user (id) ON DELETE CASCADE

-- name: task_user
-- Work of somebody who is gone is anybody's again (services/work.py).
ALTER TABLE {schema}.notifications_task ADD CONSTRAINT notifications_task_user
    FOREIGN KEY (claimed_by_id) REFERENCES {schema}.access_user (id) ON DELETE SET NULL

-- name: task_site
-- A site goes only when no open task is left there; done ones go along, for nobody else may see them.
ALTER TABLE {schema}.notifications_task ADD CONSTRAINT notifications_task_site
    FOREIGN KEY (site_id) REFERENCES {schema}.access_site (id) ON DELETE CASCADE
