/** The command nbd-vsphere: machines of a vCenter or ESXi host, their snapshots, and copies. */
package org.nbdcore.tools.vsphere;
