/**
 * The command nbd-vsphere: lists machines and snapshots of a vCenter or ESXi host, and copies
 * machines.
 */
package org.nbdcore.tools.vsphere;
