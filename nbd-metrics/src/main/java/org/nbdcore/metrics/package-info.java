/**
 * A server seen from outside: metrics for Prometheus, a status page, JMX, and JFR events for slow
 * requests. Add {@link org.nbdcore.metrics.ServerMetrics} to a server as a listener; the other
 * classes show what it counts.
 */
package org.nbdcore.metrics;
