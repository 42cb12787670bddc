/**
 * Monitoring of a server: metrics for Prometheus, a status page, JMX, and JFR events for slow
 * requests. Add {@link org.nbdcore.metrics.ServerMetrics} to a server as a listener. The other
 * classes publish its counters.
 */
package org.nbdcore.metrics;
