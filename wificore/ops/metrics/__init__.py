"""The process `metrics`: one page for Prometheus about all processes of this installation.

/metrics, /   what Prometheus reads
/health       200 as long as the process answers
"""
