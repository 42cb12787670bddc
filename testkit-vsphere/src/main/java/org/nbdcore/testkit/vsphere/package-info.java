/**
 * A vSphere to test with: what clients see of an ESXi host, with faults on request. It is strict:
 * what the known facts do not allow is refused and noted, so that a test can ask for the
 * violations.
 */
package org.nbdcore.testkit.vsphere;
