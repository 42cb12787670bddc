/**
 * A fake vSphere for tests: what clients see of a vCenter and an ESXi host, with faults on request.
 * The fake is strict: it refuses and records everything that the known facts do not allow, so that
 * a test can check for violations.
 */
package org.nbdcore.testkit.vsphere;
