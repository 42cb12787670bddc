/**
 * What tests of plugins, filters and the server need: contract tests to inherit ({@link
 * org.nbdcore.testkit.PluginContractTest}, {@link org.nbdcore.testkit.FilterContractTest}), devices
 * that watch ({@link org.nbdcore.testkit.ModelDevice}) or misbehave ({@link
 * org.nbdcore.testkit.FaultyDevice}), and a client that speaks the protocol byte by byte ({@link
 * org.nbdcore.testkit.RawNbdClient}). Third parties depend on it in test scope.
 */
@NullMarked
package org.nbdcore.testkit;

import org.jspecify.annotations.NullMarked;
