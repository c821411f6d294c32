"""The laptop's AWS: one process, one loopback port.

ministack is the core. moto answers SageMaker, Prometheus and autoscaling metadata behind it. What
neither of them does (run jobs and endpoints, enforce IAM everywhere, wait on jobs in Step
Functions, create the resource types that our stacks use) is added here.

Nothing but the CLI and the tests imports this package.
"""
