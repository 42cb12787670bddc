/**
 * Tools to test plugins, filters and the server. Extend the contract tests {@link
 * org.nbdcore.testkit.PluginContractTest} and {@link org.nbdcore.testkit.FilterContractTest}.
 * {@link org.nbdcore.testkit.ModelDevice} checks its callers, {@link
 * org.nbdcore.testkit.FaultyDevice} simulates failures, and {@link
 * org.nbdcore.testkit.RawNbdClient} sends any bytes to a server. Depend on this library in test
 * scope.
 */
@NullMarked
package org.nbdcore.testkit;

import org.jspecify.annotations.NullMarked;
