"""How deliveries leave: rows made from events, runners, HTTP.

fan_out    an event's rows                      in the relay
queue      endpoints by lease, rows by time     in worker-outbound
request    one HTTP request, in a thread        knows no database
records    what came of it
runner     all of it together
"""
