-- How all connections stand is counted through this index alone: states, and deadlines ahead within a state.
create index connections_standing on connections (state, sign_in_again_by);
