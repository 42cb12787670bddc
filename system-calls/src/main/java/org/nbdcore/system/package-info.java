/** System calls that Java lacks, through JNA. JNA is loaded on first use. */
package org.nbdcore.system;
