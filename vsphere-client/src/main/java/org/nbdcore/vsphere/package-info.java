/**
 * A client for the part of the vSphere API that copying disks needs: machines, disks, snapshots,
 * changed blocks, tickets for NFC, and files on datastores. Start with {@link
 * org.nbdcore.vsphere.VsphereClient#connect}.
 *
 * <p>It has been tested against a fake and against the public simulator vcsim, never against a real
 * vCenter.
 */
package org.nbdcore.vsphere;
