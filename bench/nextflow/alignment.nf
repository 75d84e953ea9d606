// A run in the shape of PAVI's workflow, over this project's worker: retrieve each entry, align them all, collect.
// Parameters: node and worker (the program), input (the entries), count (how many), results (the folder).

process retrieve {
    input:
    val index

    output:
    path '*-protein.fa', emit: proteins
    path '*-seqinfo.json', emit: seqinfos

    script:
    """
    '${params.node}' '${params.worker}' retrieve --input '${params.input}' --output-dir . --from ${index} --to ${index} --allow-local
    """
}

process align {
    publishDir params.results, mode: 'copy'

    input:
    path 'sequences/*'

    output:
    path 'alignment-output.aln'

    script:
    """
    '${params.node}' '${params.worker}' align --input-dir sequences --output alignment-output.aln
    """
}

process collect {
    publishDir params.results, mode: 'copy'

    input:
    path 'sequences/*'
    path alignment

    output:
    path 'aligned_seq_info.json'

    script:
    """
    '${params.node}' '${params.worker}' collect --input-dir sequences --alignment ${alignment} --output aligned_seq_info.json
    """
}

workflow {
    retrieve(Channel.of(0..<(params.count as int)))
    align(retrieve.out.proteins.collect())
    collect(retrieve.out.seqinfos.collect(), align.out)
}
