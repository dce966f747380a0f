-- Changes are followed by events. Without this index a claim changes no indexed column of a connection.
drop index connections_changed;
